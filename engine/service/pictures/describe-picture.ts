import { foreignSettingsSchema } from '../../contract/image-records.ts'
import type { ForeignSettings } from '../../contract/image-records.ts'
import { ownTextSchema } from '../../contract/picture-record.ts'
import type { OwnText } from '../../contract/picture-record.ts'
import type { ForeignRecipe } from '../../image/metadata/foreign-recipe.ts'
import { readSettings } from '../../image/metadata/read-settings.ts'
import { toForeignSettings } from '../../image/metadata/to-foreign-settings.ts'
import type { PictureFacts } from './picture-codec.ts'

/** How a picture was made, as far as it says so itself. */
export interface PictureStory {
  readonly own: OwnText | undefined
  readonly foreign: ForeignSettings | null
}

/** Our own text when it is exactly what we write, else what another program wrote. Nothing of it is trusted. */
export const describePicture = ({ texts }: Pick<PictureFacts, 'texts'>): PictureStory => {
  const settings = readSettings(texts)
  const own = ownTextSchema.safeParse(settings.own)
  if (own.success) return { own: own.data, foreign: null }
  return { own: undefined, foreign: settings.foreign === undefined ? null : checked(settings.foreign) }
}

const checked = (recipe: ForeignRecipe): ForeignSettings | null => {
  const parsed = foreignSettingsSchema.safeParse(toForeignSettings(recipe))
  return parsed.success ? parsed.data : null
}
