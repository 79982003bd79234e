import type { AttentionMap } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { joinLayers, largestSize, wordMaps } from './word-maps.ts'

/** A word and the rows of the conditioning that its tokens have. */
export interface WordTokens {
  readonly word: string
  readonly tokens: readonly number[]
}

/** What a picture's own attention says about a word, with no run of the network for it. */
export interface FirstMark {
  readonly word: string
  /** Where the word was looked at: mean over layers and steps, [h, w], 0 … 1. */
  readonly map: NdArray
  /** The word's part of all attention to these words, 0 … 1; they sum to 1. */
  readonly share: number
}

/**
 * Collects the attention maps of a picture's conditional passes while it is made (of its last third: earlier ones are
 * too noisy) and tells what they say about each word.
 */
export class FirstMarks {
  readonly #words: readonly WordTokens[]
  /** For each word the sum of its maps in each layer. */
  #sums: readonly (readonly NdArray[])[] = []
  #count = 0

  /** @param words  each with at least one token */
  constructor(words: readonly WordTokens[]) {
    this.#words = words
  }

  /**
   * The maps of one pass; always of the same layers.
   *
   * @throws EngineError 'numbers-not-finite'
   */
  add(maps: readonly AttentionMap[]): void {
    const seen = this.#words.map(({ tokens }) => wordMaps(maps, tokens))
    this.#sums =
      this.#count === 0 ? seen : this.#sums.map((sums, word) => sums.map((sum, i) => plus(sum, seen[word]?.[i])))
    this.#count += 1
  }

  /** One mark for each word, in their order; none before anything was added. */
  marks(): readonly FirstMark[] {
    if (this.#count === 0) return []
    const maps = this.#sums.map((sums) => this.#meanMap(sums))
    const masses = maps.map(({ data }) => data.reduce((sum, value) => sum + value, 0))
    const whole = masses.reduce((sum, mass) => sum + mass, 0)
    return this.#words.flatMap(({ word }, i) => {
      const map = maps[i]
      return map === undefined ? [] : [{ word, map, share: whole > 0 ? (masses[i] ?? 0) / whole : 0 }]
    })
  }

  #meanMap(sums: readonly NdArray[]): NdArray {
    const size = largestSize(sums.map(({ shape: [height = 1, width = 1] }) => ({ height, width })))
    return joinLayers(
      sums,
      sums.map(() => 1 / (sums.length * this.#count)),
      size,
    )
  }
}

const plus = ({ shape, data }: NdArray, other: NdArray | undefined): NdArray => ({
  shape,
  data: data.map((value, i) => value + (other?.data[i] ?? 0)),
})
