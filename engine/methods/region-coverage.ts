import type { RegionCoverage } from '../contract/records.ts'
import { resize } from '../image/resize.ts'
import type { AttentionMap } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { PlacedRegion } from './layout-regions.ts'

/** Collects attention maps over steps: the mean over steps and layers, at the size of the largest map. */
export class MapMean {
  #sum: Float64Array | undefined
  #shape: readonly [height: number, width: number, tokens: number] = [0, 0, 0]
  #count = 0

  /** Maps of one pass; all passes must have the same layers. */
  add(maps: readonly AttentionMap[]): void {
    const [first, ...others] = maps
    if (first === undefined) return
    const largest = others.reduce((a, b) => (b.height * b.width > a.height * a.width ? b : a), first)
    const tokens = first.probabilities.shape[1] ?? 0
    this.#shape = [largest.height, largest.width, tokens]
    this.#sum ??= new Float64Array(largest.height * largest.width * tokens)
    for (const map of maps) this.#addMap(map)
    this.#count += maps.length
  }

  /** Probability of the given tokens at each cell, [height, width]; undefined when nothing was collected. */
  of(tokens: readonly number[]): NdArray | undefined {
    const sum = this.#sum
    if (sum === undefined) return undefined
    const [height, width, count] = this.#shape
    const data = Float32Array.from(
      { length: height * width },
      (_, cell) => tokens.reduce((total, token) => total + (sum[token * height * width + cell] ?? 0), 0) / this.#count,
    )
    return count === 0 ? undefined : { shape: [height, width], data }
  }

  #addMap({ height, width, probabilities }: AttentionMap): void {
    const [toHeight, toWidth, tokens] = this.#shape
    const planes = new Float32Array(tokens * height * width) // [N, M] → [M, h, w]
    for (let cell = 0; cell < height * width; cell += 1) {
      for (let token = 0; token < tokens; token += 1) {
        planes[token * height * width + cell] = probabilities.data[cell * tokens + token] ?? 0
      }
    }
    const sized = resize(
      { shape: [tokens, height, width], data: planes },
      { height: toHeight, width: toWidth },
      'bilinear',
    )
    const sum = this.#sum
    if (sum === undefined) return
    for (const [i, value] of sized.data.entries()) sum[i] = (sum[i] ?? 0) + value
  }
}

/** A region is obeyed when both measures reach this. */
export const obeyedFrom = 0.6

/**
 * How much of each region was obeyed, by where the attention to its words is strong, P > max/2:
 * inside = Σ S P / Σ P over those cells (what share of it lies in the region), fill = mean over S of [P > max/2] (what share of
 * the region it fills). Weaker attention is everywhere in every picture, so that inside over all cells (insideAll) decides
 * nothing (docs/methods/layout.md).
 */
export const regionCoverages = (maps: MapMean, regions: readonly PlacedRegion[]): RegionCoverage[] =>
  regions.flatMap(({ id, tokens, coverage }) => {
    const map = maps.of(tokens)
    if (map === undefined) return []
    const [height = 0, width = 0] = map.shape
    const painted = coverage(height, width).data
    const half = map.data.reduce((largest, value) => Math.max(largest, value), 0) / 2
    const total = { all: 0, allInside: 0, strong: 0, inside: 0, painted: 0, filled: 0 }
    for (const [cell, probability] of map.data.entries()) {
      const share = painted[cell] ?? 0
      total.painted += share
      total.all += probability
      total.allInside += share * probability
      if (probability <= half) continue
      total.strong += probability
      total.inside += share * probability
      total.filled += share
    }
    const inside = shareOf(total.inside, total.strong)
    const insideAll = shareOf(total.allInside, total.all)
    const fill = shareOf(total.filled, total.painted)
    return [{ id, inside, insideAll, fill, isObeyed: inside >= obeyedFrom && fill >= obeyedFrom }]
  })

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
