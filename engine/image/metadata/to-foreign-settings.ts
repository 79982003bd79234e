import type { ForeignSettings } from '../../contract/image-records.ts'
import type { ForeignRecipe } from './foreign-recipe.ts'
import { present } from './foreign-values.ts'

/** The flat record that the library keeps of a foreign recipe; what has no place of its own goes to `other`. */
export const toForeignSettings = (recipe: ForeignRecipe): ForeignSettings => {
  const { source, loras, notes, program } = recipe
  const extra: readonly (readonly [string, string | number | undefined])[] = [
    ['Program', program?.value ?? (source === 'novelai' ? 'NovelAI' : undefined)],
    ['Size', recipe.width && recipe.height && `${recipe.width.value} x ${recipe.height.value}`],
    ['LoRAs', loras.map(({ name, strength }) => `${name}: ${strength}`).join(', ') || undefined],
    ['Variation seed', recipe.variationSeed?.value],
    ['Variation strength', recipe.variationStrength?.value],
    ['Eta', recipe.eta?.value],
  ]
  const named = extra.flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value).slice(0, 2000)] as const],
  )
  return {
    source,
    ...present({
      prompt: recipe.prompt?.value,
      negative: recipe.negative?.value,
      steps: recipe.steps?.value,
      cfgScale: recipe.cfgScale?.value,
      seed: recipe.seed?.value,
      sampler: recipe.sampler?.value.slice(0, 200),
      schedule: recipe.schedule?.value.slice(0, 200),
      model: recipe.model?.value,
      modelHash: recipe.modelHash?.value.slice(0, 128),
      vae: recipe.vae?.value,
      vaeHash: recipe.vaeHash?.value.slice(0, 128),
      clipSkip: recipe.clipSkip?.value,
      denoise: recipe.denoise?.value,
    }),
    other: { ...recipe.other, ...Object.fromEntries(named) },
    notes: [...notes],
  }
}
