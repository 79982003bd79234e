import { z } from 'zod'
import { change, read } from '../call.ts'
import { jobSchema, jobStates, memoryEstimateSchema, queueStateSchema } from '../job-records.ts'
import { jobRequestSchema } from '../records.ts'
import { idSchema } from '../scalars.ts'

const priority = z.int().min(-100).max(100)

/** The queue and its jobs. */
export const jobCalls = {
  'jobs.add': change(
    z.strictObject({ request: jobRequestSchema, priority: priority.default(0), isFirst: z.boolean().default(false) }),
    jobSchema,
  ),
  'jobs.list': read(
    z.strictObject({ states: z.array(z.enum(jobStates)).optional(), limit: z.int().min(1).max(1000).default(200) }),
    z.array(jobSchema),
  ),
  'jobs.get': read(z.strictObject({ id: idSchema }), jobSchema),
  /** A waiting job leaves the queue; a running one stops between two steps. Pictures that are finished stay. */
  'jobs.cancel': change(z.strictObject({ id: idSchema }), jobSchema),
  /** Ends the worker at once when a step takes too long to wait for. */
  'jobs.kill': change(z.strictObject({ id: idSchema }), jobSchema),
  /** Puts a waiting job in front of another, or at the end of its priority. */
  'jobs.move': change(z.strictObject({ id: idSchema, beforeId: idSchema.nullable() }), jobSchema),
  'jobs.setPriority': change(z.strictObject({ id: idSchema, priority }), jobSchema),
  /** Queues a job that ended once more, for the pictures that are missing, or with another request. */
  'jobs.retry': change(z.strictObject({ id: idSchema, request: jobRequestSchema.optional() }), jobSchema),
  /** Forgets jobs that ended, all of them or those of `ids`; their pictures stay. */
  'jobs.forgetEnded': change(
    z.strictObject({ ids: z.array(idSchema).max(1000).optional() }),
    z.strictObject({ changed: z.int().nonnegative() }),
  ),
  'jobs.estimate': read(z.strictObject({ request: jobRequestSchema }), memoryEstimateSchema),
  'queue.state': read(z.strictObject({}), queueStateSchema),
  'queue.pause': change(z.strictObject({}), queueStateSchema),
  'queue.resume': change(z.strictObject({}), queueStateSchema),
}
