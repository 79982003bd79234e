import type { JobProgressEvent } from '../../engine/contract/job-records.ts'
import type { MessageKey, MessageValues } from '../text/messages.ts'

/** Units of work around the steps: reading the text before them, decoding the picture after. */
const beforeSteps = 1
const aroundSteps = 2

/** What is being done to the picture, for people: a step of the sampler, or a look at what it shows. */
export const workText = (
  progress: Pick<JobProgressEvent, 'done' | 'total' | 'stage'>,
  say: (key: MessageKey, values?: MessageValues) => string,
): string => (isLook(progress) ? say('generate.looking') : say('generate.step', stepsOf(progress)))

/** Whether the finished picture is looked at, which has no steps. */
export const isLook = ({ stage }: Pick<JobProgressEvent, 'stage'>): boolean => stage === 'look'

/** Steps of the sampler as people count them, out of a job's units of work. */
export function stepsOf({ done, total }: Pick<JobProgressEvent, 'done' | 'total'>): {
  readonly done: number
  readonly total: number
} {
  const steps = Math.max(1, Math.round(total) - aroundSteps)
  return { done: Math.min(steps, Math.max(0, Math.round(done) - beforeSteps)), total: steps }
}
