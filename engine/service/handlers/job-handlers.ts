import type { CallHandlers } from '../../contract/calls.ts'
import type { jobCalls } from '../../contract/calls/job-calls.ts'
import type { ServiceParts } from '../service-parts.ts'

/** Handlers of the queue. */
export const jobHandlers = ({
  library,
  queue,
  maker,
  announce,
}: ServiceParts): Pick<CallHandlers, keyof typeof jobCalls> => ({
  'jobs.add': ({ request, priority, isFirst }) => queue.add(request, { priority, isFirst }),
  'jobs.list': ({ states, limit }) => library.jobs.list(states, limit),
  'jobs.get': ({ id }) => library.jobs.get(id),
  'jobs.cancel': ({ id }) => queue.cancel(id),
  'jobs.kill': ({ id }) => queue.kill(id),
  'jobs.move': ({ id, beforeId }) => queue.move(id, beforeId),
  'jobs.setPriority': ({ id, priority }) => queue.setPriority(id, priority),
  'jobs.retry': ({ id, request }) => queue.retry(id, request),
  'jobs.forgetEnded': ({ ids: wanted }) => {
    const ids = library.jobs.forgetEnded(wanted)
    if (ids.length > 0) announce('jobs.forgotten', { ids })
    return { changed: ids.length }
  },
  'jobs.estimate': ({ request }) => maker.estimate(request),
  'queue.state': () => queue.state(),
  'queue.pause': () => queue.pause(),
  'queue.resume': () => queue.resume(),
})
