import type { Recipe } from '../../contract/records.ts'

/** As `alignRequestSchema` has them. */
const scoreSteps = 12
const mapSteps = 5

/**
 * How long measuring the words of a picture takes: runs of the network, at what one took while the picture was drawn. Each
 * word is one more caption beside the whole prompt and the empty one.
 *
 * @param words  how many are measured, at least 1
 * @returns milliseconds
 */
export const measuringTime = (recipe: Recipe, words: number): number => {
  const sides = recipe.cfgScale === 1 || recipe.guidance === 'none' ? 1 : 2
  const runMs = recipe.durationMs / (recipe.steps * sides)
  return runMs * (scoreSteps * (words + 2) + mapSteps)
}
