import { topologicalOrder, type Graph } from '../../graph/graph.ts'
import { bufferEvents, peakBytes } from './buffer-plan.ts'
import { executionSteps } from './execution-steps.ts'
import { simulateArena } from './simulate-arena.ts'
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
 * Bytes that a session of a lowered graph will take on the CPU, before anything of it is loaded.
 *
 * Weights are counted by what the kernels make of them, activations by playing the runtime's own plan and allocator
 * step by step. Within 10 % of the peak measured on Linux; elsewhere as far as other allocators are alike.
 */
export const predictMemory = (lowered: Graph, options: MemoryOptions): MemoryPrediction => {
  const weights = options.weights === 'copied' ? copiedWeights(lowered) : mappedWeights(lowered)
  const events = bufferEvents(executionSteps(lowered, options))
  const activationBytes = options.arena ? simulateArena(events) : peakBytes(events)
  const overheadBytes = sessionBytes + nodeBytes * topologicalOrder([...lowered.outputs.values()]).length
  const privateBytes = overheadBytes + Math.max(weights.loadingBytes, weights.copiedBytes + activationBytes)
  return { weights, activationBytes, overheadBytes, privateBytes, totalBytes: privateBytes + weights.mappedBytes }
}
