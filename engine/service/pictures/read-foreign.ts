import { foreignSettingsSchema } from '../../contract/image-records.ts'
import type { ForeignSettings } from '../../contract/image-records.ts'
import type { ForeignRecipe } from '../../image/metadata/foreign-recipe.ts'
import { readA1111 } from '../../image/metadata/read-a1111.ts'
import { findText, parametersKeyword } from '../../library/metadata/picture-text.ts'
import type { PictureText } from '../../library/metadata/picture-text.ts'

/** Settings that another program left in a picture, as a row keeps them; null when there are none. */
export const readForeign = (texts: readonly PictureText[]): ForeignSettings | null => {
  const parameters = findText(texts, parametersKeyword)
  const recipe = parameters === undefined ? undefined : readA1111(parameters)
  return recipe === undefined ? null : toSettings(recipe)
}

const toSettings = (recipe: ForeignRecipe): ForeignSettings | null => {
  const { source, prompt, negative, steps, cfgScale, seed, sampler, schedule, model, modelHash, clipSkip, denoise } =
    recipe
  const fields = { prompt, negative, steps, cfgScale, seed, sampler, schedule, model, modelHash, clipSkip, denoise }
  const found = Object.entries(fields).flatMap(([name, field]) => (field === undefined ? [] : [[name, field.value]]))
  const parsed = foreignSettingsSchema.safeParse({
    source,
    other: recipe.other,
    notes: [...recipe.notes],
    ...Object.fromEntries(found),
  })
  return parsed.success ? parsed.data : null
}
