import { z } from 'zod'
import { failureSchema } from './failure-record.ts'
import { jobRequestSchema } from './records.ts'
import { idSchema, lineSchema, momentSchema } from './scalars.ts'

export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof jobStates)[number]

export const jobSchema = z.strictObject({
  id: idSchema,
  state: z.enum(jobStates),
  request: jobRequestSchema,
  /** Higher runs first; within one priority the order of the list. */
  priority: z.int().min(-100).max(100),
  order: z.number(),
  /** Pictures finished and on disk, of `request.count`. */
  finished: z.int().nonnegative(),
  /** How often it was started. */
  attempts: z.int().nonnegative(),
  createdMs: momentSchema,
  startedMs: momentSchema.nullable(),
  endedMs: momentSchema.nullable(),
  failure: failureSchema.nullable(),
  /** What was changed for a second attempt, as message-catalogue keys with values. */
  notes: z.array(lineSchema(500)),
})
export type Job = z.infer<typeof jobSchema>

export const jobProgressSchema = z.strictObject({
  jobId: idSchema,
  /** Which picture of the job, from 0. */
  picture: z.int().nonnegative(),
  done: z.number().nonnegative(),
  total: z.number().positive(),
  stage: lineSchema(64),
  /** Estimated from what was measured so far; null until known. */
  leftMs: z.number().nonnegative().nullable(),
})
export type JobProgressEvent = z.infer<typeof jobProgressSchema>

export const jobPreviewSchema = z.strictObject({
  jobId: idSchema,
  picture: z.int().nonnegative(),
  width: z.int().positive().max(1024),
  height: z.int().positive().max(1024),
  /** Base64 of RGB rows. */
  rgb: z.string().max(5_000_000),
})
export type JobPreviewEvent = z.infer<typeof jobPreviewSchema>

export const pauseReasons = ['user', 'crash', 'disk-full', 'disk-failed', 'worker-broken'] as const
export type PauseReason = (typeof pauseReasons)[number]

export const queueStateSchema = z.strictObject({
  isPaused: z.boolean(),
  reason: z.enum(pauseReasons).nullable(),
  runningJobId: idSchema.nullable(),
  waiting: z.int().nonnegative(),
})
export type QueueState = z.infer<typeof queueStateSchema>

/** What a run needs against what there is. */
export const memoryEstimateSchema = z.strictObject({
  neededBytes: z.number().nonnegative(),
  availableBytes: z.number().nonnegative(),
  fits: z.boolean(),
  /** A smaller request that fits, when there is one. */
  remedy: z.strictObject({ width: z.int().positive(), height: z.int().positive() }).nullable(),
})
export type MemoryEstimate = z.infer<typeof memoryEstimateSchema>
