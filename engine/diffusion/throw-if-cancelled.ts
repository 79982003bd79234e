import { EngineError } from '../contract/failures.ts'

/** To be called before every run of the hardware. @throws EngineError 'cancelled' once `signal` is aborted */
export const throwIfCancelled = (signal: AbortSignal): void => {
  if (!signal.aborted) return
  throw new EngineError('cancelled', { where: 'job', found: 'a request to stop' }, { cause: signal.reason })
}
