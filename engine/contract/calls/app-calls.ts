import { z } from 'zod'
import { change, read } from '../call.ts'
import { cataloguesSchema, downloadSchema, folderLayouts, modelFolderSchema, modelSchema } from '../model-records.ts'
import { predictionKinds } from '../records.ts'
import { idSchema, lineSchema } from '../scalars.ts'
import { settingChangeSchema, settingsSchema } from '../settings-record.ts'

export const processStateSchema = z.strictObject({
  name: z.enum(['worker', 'media']),
  state: z.enum(['idle', 'starting', 'ready', 'waiting', 'failed', 'closed']),
  cause: z.string().nullable(),
})
export type ProcessState = z.infer<typeof processStateSchema>

const entryId = z.strictObject({ id: lineSchema(100).min(1) })

/** The application itself, its settings and its models. */
export const appCalls = {
  'app.describe': read(
    z.strictObject({}),
    z.strictObject({
      appVersion: lineSchema(64),
      /** Where pictures, documents and settings lie. */
      libraryFolder: lineSchema(4096),
      /** The disk that the library lies on, and what its pictures take there. */
      disk: z.strictObject({
        totalBytes: z.number().nonnegative(),
        freeBytes: z.number().nonnegative(),
        pictureBytes: z.number().nonnegative(),
      }),
      images: z.int().nonnegative(),
      processes: z.array(processStateSchema),
      /** What start-up found; the look through the folders goes on for a moment while windows are served already. */
      start: z.strictObject({
        isComplete: z.boolean(),
        readopted: z.int().nonnegative(),
        missing: z.int().nonnegative(),
        temporaryRemoved: z.int().nonnegative(),
        wasCrash: z.boolean(),
      }),
    }),
  ),
  'app.backup': change(
    z.strictObject({}),
    z.strictObject({ fileName: lineSchema(260), sizeBytes: z.int().positive() }),
  ),
  'settings.get': read(z.strictObject({}), settingsSchema),
  'settings.set': change(settingChangeSchema, settingsSchema),
  'models.list': read(z.strictObject({}), z.array(modelSchema)),
  'models.folders': read(z.strictObject({}), z.array(modelFolderSchema)),
  'models.addFolder': change(
    z.strictObject({ path: lineSchema(4096).min(1), layout: z.enum(folderLayouts).optional() }),
    z.array(modelFolderSchema),
  ),
  'models.removeFolder': change(z.strictObject({ id: idSchema }), z.array(modelFolderSchema)),
  /** Keeps what the user says that a model's network predicts, for every picture drawn with it from now on; null: what its files say. */
  'models.choosePrediction': change(
    z.strictObject({ id: idSchema, prediction: z.enum(predictionKinds).nullable() }),
    modelSchema,
  ),
  'models.rescan': change(z.strictObject({}), z.array(modelSchema)),
  'catalogue.list': read(z.strictObject({}), cataloguesSchema),
  /** Begins or resumes a download; `acceptsLicence` says that the licence was shown and agreed to. */
  'catalogue.download': change(entryId.extend({ acceptsLicence: z.literal(true) }), downloadSchema),
  'catalogue.pause': change(entryId, downloadSchema),
  'catalogue.downloads': read(z.strictObject({}), z.array(downloadSchema)),
}
