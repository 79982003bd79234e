import type { ForeignSettings } from '../../contract/image-records.ts'
import { readOwnText } from '../../library/metadata/own-text.ts'
import type { OwnText } from '../../contract/picture-record.ts'
import type { PictureFacts } from './picture-codec.ts'
import { readForeign } from './read-foreign.ts'

/** How a picture was made, as far as it says so itself. */
export interface PictureStory {
  readonly own: OwnText | undefined
  readonly foreign: ForeignSettings | null
}

/** Our own chunk when there is a sound one, else what another program wrote. Nothing of it is trusted. */
export const describePicture = ({ texts }: PictureFacts): PictureStory => {
  const own = readOwnText(texts)
  return { own, foreign: own === undefined ? readForeign(texts) : null }
}
