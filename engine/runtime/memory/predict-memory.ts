import { topologicalOrder, type Graph } from '../../graph/graph.ts'
import { bufferEvents, peakBytes } from './buffer-plan.ts'
import { executionSteps } from './execution-steps.ts'
import { handedOver } from '../parts/cut-graph.ts'
import { simulateArena } from './simulate-arena.ts'
import { tensorBytes } from './tensor-bytes.ts'
import { copiedWeights, mappedWeights, type WeightMemory } from './weight-memory.ts'

/** How a session will be created, as far as its memory depends on it; as in `SessionOptions`. */
export interface MemoryOptions {
  readonly weights: 'copied' | 'mapped'
  /** Whether the runtime keeps the memory of activations between runs. */
  readonly arena: boolean
}

/** Bytes that one session will take. */
export interface MemoryPrediction {
  readonly weights: WeightMemory
  /** Activations at their peak. */
  readonly activationBytes: number
  /** The runtime's own: nodes, kernels, threads, encoded graph. */
  readonly overheadBytes: number
  /** Most private memory at one time, while loading or running. */
  readonly privateBytes: number
  /** All of it: private and mapped. */
  readonly totalBytes: number
}

const sessionBytes = 2 ** 20
const nodeBytes = 5 * 2 ** 10

/**
 * Bytes that a session will take on the CPU, before anything of it is loaded.
 *
 * Weights are counted by what the kernels make of them, activations by playing the runtime's own plan and allocator
 * step by step. Within 10 % of the peak measured on Linux, but for an autoencoder that keeps its memory (0.84 to 1.21 of
 * it), which is only let to where memory is plenty; elsewhere as far as other allocators are alike.
 *
 * @param parts  lowered graphs, created one after the other and kept, run one after the other
 */
export const predictMemory = (parts: readonly Graph[], options: MemoryOptions): MemoryPrediction => {
  let [mappedBytes, heldBytes, loadingBytes, overheadBytes] = [0, 0, 0, 0]
  let [activationBytes, keptBytes] = [0, 0]
  for (const part of parts) {
    const weights = options.weights === 'copied' ? copiedWeights(part) : mappedWeights(part)
    loadingBytes = Math.max(loadingBytes, heldBytes + weights.loadingBytes)
    heldBytes += weights.copiedBytes
    mappedBytes += weights.mappedBytes
    overheadBytes += sessionBytes + nodeBytes * topologicalOrder([...part.outputs.values()]).length
    const events = bufferEvents(executionSteps(part, options))
    if (options.arena) {
      // It keeps what it has; the caller gets copies of the results besides.
      keptBytes += simulateArena(events)
      activationBytes = Math.max(activationBytes, keptBytes + resultBytes(part) + handedBytes(part))
    } else activationBytes = Math.max(activationBytes, peakBytes(events) + handedBytes(part))
  }
  const weights = { mappedBytes, copiedBytes: heldBytes, loadingBytes }
  const privateBytes = overheadBytes + Math.max(loadingBytes, heldBytes + activationBytes)
  return { weights, activationBytes, overheadBytes, privateBytes, totalBytes: privateBytes + mappedBytes }
}

const resultBytes = ({ outputs }: Graph): number =>
  [...outputs.values()].reduce((sum, value) => sum + tensorBytes(value), 0)

/** What an earlier part has made lies in memory while a part runs. */
const handedBytes = ({ inputs }: Graph): number => {
  const given = inputs.get(handedOver)
  return given === undefined ? 0 : tensorBytes(given)
}
