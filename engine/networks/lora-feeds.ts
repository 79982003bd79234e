import { EngineError } from '../contract/failures.ts'
import type { Graph } from '../graph/graph.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { sizeOf } from '../tensor/nd-array.ts'
import { loraInput } from './attach-lora.ts'

/** What one LoRA changes in one layer: weight + strength · alpha / rank · up · down. */
export interface LoraMatrices {
  /** The layer's key without `.weight`. */
  readonly module: string
  readonly rank: number
  readonly alpha: number
  /** [rank, in, …]. */
  readonly down: NdArray
  /** [out, rank, …]. */
  readonly up: NdArray
}

/** A LoRA in use. */
export interface ActiveLora {
  readonly layers: readonly LoraMatrices[]
  /** Any number; negative ones push away. */
  readonly strength: number
}

/** The ranks that graphs are made for, so that LoRAs can change without a new session: eight files of rank 128 at once. */
export const loraRanks = [0, 8, 16, 32, 64, 128, 256, 512, 1024] as const

/**
 * The smallest rank that holds the given LoRAs stacked; 0 for none.
 *
 * @throws EngineError 'bad-argument' when they need more than 1,024 together
 */
export const loraRankFor = (loras: readonly ActiveLora[]): number => {
  const total = Math.max(0, ...[...rankByModule(loras).values()])
  return loraRanks.find((rank) => rank >= total) ?? tooManyRanks(total, loraRanks.at(-1) ?? 0)
}

/**
 * Feeds for all LoRA inputs of a graph: active LoRAs one after another along the rank, `up` times strength · alpha / rank, zeros
 * for the rest, which changes no number. A layer that no active LoRA changes gets zeros.
 *
 * @throws EngineError 'bad-argument' when the LoRAs need a higher rank than the graph has
 */
export const loraFeeds = (
  graph: Pick<Graph, 'inputs'>,
  loras: readonly ActiveLora[],
): Readonly<Record<string, NdArray>> => {
  const feeds: Record<string, NdArray> = {}
  for (const [name, { shape }] of graph.inputs) {
    if (name.startsWith('lora.')) feeds[name] = { shape, data: new Float32Array(sizeOf(shape)) }
  }
  for (const module of rankByModule(loras).keys()) {
    const [down, up] = [feeds[loraInput(module, 'down')], feeds[loraInput(module, 'up')]]
    if (down !== undefined && up !== undefined) stack(module, loras, down, up)
  }
  return feeds
}

const rankByModule = (loras: readonly ActiveLora[]): ReadonlyMap<string, number> => {
  const ranks = new Map<string, number>()
  for (const { module, rank } of loras.flatMap(({ layers }) => layers))
    ranks.set(module, (ranks.get(module) ?? 0) + rank)
  return ranks
}

/** Writes every LoRA's matrices of one layer into `down` and `up`. */
const stack = (module: string, loras: readonly ActiveLora[], down: NdArray, up: NdArray): void => {
  const [capacity = 0] = down.shape
  const [out = 0] = up.shape
  const rowLength = down.data.length / Math.max(1, capacity)
  let start = 0
  for (const { layers, strength } of loras) {
    for (const layer of layers) {
      if (layer.module !== module) continue
      if (start + layer.rank > capacity) tooManyRanks(start + layer.rank, capacity)
      down.data.set(layer.down.data, start * rowLength)
      const scale = (strength * layer.alpha) / layer.rank
      for (let row = 0; row < out; row += 1) {
        for (let column = 0; column < layer.rank; column += 1) {
          up.data[row * capacity + start + column] = scale * (layer.up.data[row * layer.rank + column] ?? 0)
        }
      }
      start += layer.rank
    }
  }
}

const tooManyRanks = (found: number, most: number): never => {
  throw new EngineError('bad-argument', {
    where: 'LoRAs',
    found: `ranks that add up to ${found}`,
    expected: `at most ${most}`,
    remedy: 'Use fewer LoRAs at once.',
  })
}
