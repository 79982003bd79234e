/** Whose maps say where a word is: those around the middle of the network, or those of the up path. */
export type LayerChoice = 'middle' | 'up'

/**
 * Weights of the maps of layers in the order of execution; they sum to 1. `middle` is a bell around the middle layer, `up`
 * takes all layers of the up path alike (a network without one: all its layers).
 *
 * @param keys  checkpoint key prefixes
 * @source Zhang et al. 2025, arXiv:2506.09740, official code, `cross_gaussian_var` = 3 for Stable Diffusion's 16 layers (used
 *   as a standard deviation); here it grows with the number of layers. `up` was measured, see docs/methods/alignment.md
 */
export const layerWeights = (keys: readonly string[], choice: LayerChoice): readonly number[] => {
  const heights = choice === 'middle' ? bell(keys.length) : keys.map((key) => (key.startsWith('up_blocks') ? 1 : 0))
  const sum = heights.reduce((total, height) => total + height, 0)
  return heights.map((height) => (sum === 0 ? 1 / keys.length : height / sum))
}

const bell = (count: number): readonly number[] => {
  const deviation = (3 * count) / 16
  return Array.from({ length: count }, (_, i) => Math.exp(-(((i - (count - 1) / 2) / deviation) ** 2) / 2))
}
