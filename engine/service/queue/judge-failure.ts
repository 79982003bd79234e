import { EngineError } from '../../contract/failures.ts'
import type { Job } from '../../contract/job-records.ts'
import { lowerRequest } from './lower-request.ts'
import type { LowerRequest } from './lower-request.ts'

/** What becomes of a job whose run failed. */
export type Verdict =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed' }
  /** Once more as it is. */
  | { readonly kind: 'again'; readonly note: string }
  /** Once more, smaller. */
  | { readonly kind: 'lower'; readonly lower: LowerRequest }
  /** The job is not to blame: it waits until somebody has put it right. */
  | { readonly kind: 'pause'; readonly reason: 'disk-full' | 'disk-failed' | 'worker-broken' }

/** Note of a job that is tried again because the worker process died over it. */
export const engineStoppedNote = 'resumed-after-engine-stopped'

/** Starts of a job without a picture in between, after which the process that dies is the job's own doing. */
const mostAttempts = 2

/**
 * Decides: a disk that is full or cannot be written to stops the queue and costs no job; a dead worker is tried once more; too little memory is tried
 * once more at a lower setting; everything else is the job's own failure, and the next job runs.
 *
 * @param isCancelled  somebody asked for it
 */
export const judgeFailure = (
  error: unknown,
  job: Job,
  { isCancelled, retriesLower }: { readonly isCancelled: boolean; readonly retriesLower: boolean },
): Verdict => {
  if (isCancelled) return { kind: 'cancelled' }
  if (!(error instanceof EngineError)) return { kind: 'failed' }
  if (error.code === 'disk-full') return { kind: 'pause', reason: 'disk-full' }
  if (error.facts['isStoring'] === true) return { kind: 'pause', reason: 'disk-failed' }
  if (error.code === 'cancelled') return { kind: 'cancelled' }
  const reason = error.facts['reason']
  if (error.code === 'engine-stopped' && reason === 'not-started') return { kind: 'pause', reason: 'worker-broken' }
  const isLowered = job.notes.some((note) => note.startsWith('lower-'))
  if (error.code === 'out-of-memory' && error.facts['isEstimate'] !== true && retriesLower && !isLowered) {
    const lower = lowerRequest(job.request)
    return lower === undefined ? { kind: 'failed' } : { kind: 'lower', lower }
  }
  if (error.code === 'engine-stopped' && job.attempts < mostAttempts) {
    return { kind: 'again', note: engineStoppedNote }
  }
  return { kind: 'failed' }
}
