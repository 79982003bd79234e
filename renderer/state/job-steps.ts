import type { JobProgressEvent } from '../../engine/contract/job-records.ts'

/** Units of work around the steps: reading the text before them, decoding the picture after. */
const beforeSteps = 1
const aroundSteps = 2

/** Steps of the sampler as people count them, out of a job's units of work. */
export function stepsOf({ done, total }: Pick<JobProgressEvent, 'done' | 'total'>): {
  readonly done: number
  readonly total: number
} {
  const steps = Math.max(1, Math.round(total) - aroundSteps)
  return { done: Math.min(steps, Math.max(0, Math.round(done) - beforeSteps)), total: steps }
}
