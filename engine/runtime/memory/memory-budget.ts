import { totalmem } from 'node:os'
import { EngineError } from '../../contract/failures.ts'
import { availableMemory } from './available-memory.ts'
import type { MemoryPrediction } from './predict-memory.ts'
import { processMemory } from './process-memory.ts'

/** What sessions may take. */
export interface MemoryBudget {
  /** Bytes that there are for one more session now; asked before each is created. */
  readonly availableBytes: () => number
  /** Bytes that there would be if this process had nothing loaded. */
  readonly wholeBytes: () => number
}

const reserveShare = 0.05
const [leastReserve, mostReserve] = [256 * 2 ** 20, 2 ** 30]

/**
 * What the system has left, but for a reserve for everything else: 5 % of all memory, 256 MiB … 1 GiB.
 *
 * @param limitBytes  what this process may hold at most, as its user wants it; asked each time, undefined for no limit
 */
export const systemBudget = (limitBytes: () => number | undefined = () => undefined): MemoryBudget => {
  const { ownBytes } = processMemory()
  const wholeBytes = (): number => {
    const free = availableMemory() - reserveBytes(totalmem())
    return Math.max(0, Math.min(free + ownBytes(), limitBytes() ?? Infinity))
  }
  return { availableBytes: () => Math.max(0, wholeBytes() - ownBytes()), wholeBytes }
}

const reserveBytes = (total: number): number => Math.min(mostReserve, Math.max(leastReserve, reserveShare * total))

/**
 * The failure of a session that does not fit.
 *
 * @param name       of the graph, such as `unet`
 * @param predicted  of the way that takes least
 */
export const outOfMemory = (
  name: string,
  predicted: MemoryPrediction,
  availableBytes: number,
  options?: ErrorOptions,
): EngineError => {
  const neededBytes = predicted.totalBytes
  return new EngineError(
    'out-of-memory',
    {
      where: `memory for ${name}`,
      found: `${gigabytes(neededBytes)} needed, ${gigabytes(availableBytes)} available`,
      expected: 'to fit into memory',
      remedy: remedyFor(predicted, availableBytes),
      neededBytes,
      availableBytes: Math.max(0, Math.round(availableBytes)),
    },
    options,
  )
}

const remedyFor = (predicted: MemoryPrediction, availableBytes: number): string => {
  const fixedBytes = predicted.totalBytes - predicted.activationBytes
  const missing = gigabytes(Math.max(0, predicted.totalBytes - availableBytes))
  // Activations grow with the number of pixels: below a quarter of them little is left to gain.
  if (fixedBytes + predicted.activationBytes / 4 <= availableBytes)
    return `Choose a smaller size, or close other apps: ${missing} are missing.`
  return `Close other apps: ${missing} are missing. ${smallerModel}`
}

/** What helps when no size does. */
export const smallerModel = 'Or use a smaller model, or one whose files are in half precision (fp16).'

/** `8.5 GB`, `0.25 GB`. */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`
