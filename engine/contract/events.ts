import { z } from 'zod'
import { processStateSchema } from './calls/app-calls.ts'
import { deviceListSchema, deviceNames } from './device-records.ts'
import { imageScoreSchema } from './feedback-records.ts'
import { imageSummarySchema } from './image-records.ts'
import { jobPreviewSchema, jobProgressSchema, jobSchema, queueStateSchema } from './job-records.ts'
import { downloadSchema } from './model-records.ts'
import { idSchema, lineSchema } from './scalars.ts'
import { settingsSchema } from './settings-record.ts'

/** Everything the service tells its windows unasked. A picture is told of only when its file and its row are safe. */
export const events = {
  'image.added': imageSummarySchema,
  'image.changed': imageSummarySchema,
  /** So many at once that windows do better to look again. */
  'images.changed': z.strictObject({}),
  'image.erased': z.strictObject({ ids: z.array(idSchema) }),
  'alignment.changed': z.strictObject({ imageId: idSchema }),
  'alignment.progress': z.strictObject({ imageId: idSchema, done: z.int().nonnegative(), total: z.int().positive() }),
  'boards.changed': z.strictObject({}),
  'feedback.changed': imageScoreSchema,
  'job.changed': jobSchema,
  'job.progress': jobProgressSchema,
  'job.preview': jobPreviewSchema,
  'jobs.forgotten': z.strictObject({ ids: z.array(idSchema) }),
  'queue.changed': queueStateSchema,
  'document.changed': z.strictObject({ id: idSchema, sequence: z.int().nonnegative() }),
  'documents.changed': z.strictObject({}),
  'styles.changed': z.strictObject({}),
  'wildcards.changed': z.strictObject({}),
  'settings.changed': settingsSchema,
  'models.changed': z.strictObject({}),
  'download.changed': downloadSchema,
  /** A check has ended. */
  'devices.changed': z.strictObject({ checked: z.enum(deviceNames), list: deviceListSchema }),
  'import.progress': z.strictObject({ path: lineSchema(4096), seen: z.int(), added: z.int() }),
  'process.changed': processStateSchema,
} satisfies Readonly<Record<string, z.ZodType>>

export type EventName = keyof typeof events
export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>

export const isEventName = (name: string): name is EventName => Object.hasOwn(events, name)

/** Tells every connected window. */
export type Announce = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void
