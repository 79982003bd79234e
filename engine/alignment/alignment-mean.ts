import type { AlignmentMaps, PlacesMap } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { WordTokens } from './first-marks.ts'
import { layerWeights, type LayerChoice } from './layer-weights.ts'
import { joinLayers, largestSize, wordMaps } from './word-maps.ts'

/** Mean attention over several noise levels: to each word, and of the picture's places to each other. */
export interface MeanMaps {
  /** One for each word, of the size of `places`, [h, w]. */
  readonly words: readonly NdArray[]
  /** Absent where the network has no such layer. */
  readonly places?: PlacesMap
}

/** Adds up what alignment reads, level by level, so that only sums are kept. */
export class AlignmentMean {
  readonly #words: readonly WordTokens[]
  readonly #layers: LayerChoice
  #maps: readonly Float32Array[] = []
  #all: Float32Array | undefined
  #up: Float32Array | undefined
  #size = { height: 1, width: 1 }
  #count = 0

  /** @param words  each with at least one token */
  constructor(words: readonly WordTokens[], layers: LayerChoice) {
    this.#words = words
    this.#layers = layers
  }

  /**
   * The maps of one level; always of the same layers.
   *
   * @throws EngineError 'numbers-not-finite'
   */
  add({ words, places }: AlignmentMaps): void {
    this.#size = places ?? largestSize(words)
    const weights = layerWeights(
      words.map(({ layer }) => layer),
      this.#layers,
    )
    const joined = this.#words.map(({ tokens }) => joinLayers(wordMaps(words, tokens), weights, this.#size))
    this.#maps = joined.map(({ data }, i) => sumOf(this.#maps[i], data))
    if (places !== undefined) {
      this.#all = sumOf(this.#all, places.all.data)
      this.#up = sumOf(this.#up, places.up.data)
    }
    this.#count += 1
  }

  mean(): MeanMaps {
    const { height, width } = this.#size
    const words = this.#maps.map((sum) => this.#divided(sum, [height, width]))
    if (this.#all === undefined || this.#up === undefined) return { words }
    const shape = [height * width, height * width]
    return {
      words,
      places: { height, width, all: this.#divided(this.#all, shape), up: this.#divided(this.#up, shape) },
    }
  }

  #divided(sum: Float32Array, shape: readonly number[]): NdArray {
    return { shape, data: sum.map((value) => value / this.#count) }
  }
}

/** `sum` grows in place: the places of a large picture are 67 MB. */
const sumOf = (sum: Float32Array | undefined, added: Float32Array): Float32Array => {
  if (sum === undefined) return Float32Array.from(added)
  for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + (added[i] ?? 0)
  return sum
}
