import { EngineError } from '../contract/failures.ts'

/** Throws when the user has cancelled. @throws EngineError 'cancelled' */
export const throwIfStopped = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted !== true) return
  throw new EngineError('cancelled', { where: 'run', found: 'the job was cancelled' })
}
