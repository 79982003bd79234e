import { z } from 'zod'
import { failureSchema } from './failure-record.ts'
import { predictionKinds } from './records.ts'
import { hashSchema, idSchema, lineSchema, momentSchema } from './scalars.ts'

export const modelKinds = [
  'checkpoint',
  'diffusers',
  'lora',
  'vae',
  'embedding',
  'text-encoder',
  'controlnet',
  'upscaler',
  'unknown',
] as const
export type ModelKind = (typeof modelKinds)[number]

/** A file name or a text out of a file: hostile until shown as text. Control characters are replaced before storing. */
const shown = (limit: number) => lineSchema(limit)

export const modelPredictionSchema = z.strictObject({
  /** What its files say, or what is most likely where they do not. */
  own: z.enum(predictionKinds),
  isAssumed: z.boolean(),
  /** What the user says, which wins; null: nothing. */
  chosen: z.enum(predictionKinds).nullable(),
})
export type ModelPrediction = z.infer<typeof modelPredictionSchema>

export const modelSchema = z.strictObject({
  id: idSchema,
  folderId: idSchema,
  /** Relative to its folder, with `/`. */
  path: shown(1024),
  name: shown(512),
  kind: z.enum(modelKinds),
  /** `sd1`, `sd2`, `sdxl`, ... as far as the file says. */
  family: shown(64).nullable(),
  /** What the file is and whether it can be used, in a sentence. */
  sentence: shown(2000),
  isUsable: z.boolean(),
  sizeBytes: z.int().nonnegative(),
  modifiedMs: momentSchema,
  hash: hashSchema.nullable(),
  isMissing: z.boolean(),
  /** What its network predicts; null for whatever is no usable model. */
  prediction: modelPredictionSchema.nullable(),
})
export type ModelRow = z.infer<typeof modelSchema>

export const folderLayouts = ['plain', 'a1111', 'comfyui', 'hugging-face', 'diffusers', 'own'] as const
export type FolderLayout = (typeof folderLayouts)[number]

export const modelFolderSchema = z.strictObject({
  id: idSchema,
  /** Shown to the user, never used to open anything by the window. */
  path: z.string().max(4096),
  layout: z.enum(folderLayouts),
  isOnline: z.boolean(),
})
export type ModelFolder = z.infer<typeof modelFolderSchema>

/** One model that Attune knows where to fetch. */
export const catalogueEntrySchema = z.strictObject({
  id: lineSchema(100).regex(/^[a-z0-9][a-z0-9._-]*$/),
  title: lineSchema(200),
  kind: z.enum(modelKinds),
  family: lineSchema(64),
  licence: lineSchema(200),
  licenceUrl: z.url({ protocol: /^https?$/ }),
  files: z
    .array(
      z.strictObject({
        /** Where it goes inside the model's own folder. */
        path: lineSchema(260).regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._/-]*$/),
        url: z.url({ protocol: /^https?$/ }),
        sha256: hashSchema,
        sizeBytes: z.int().positive(),
      }),
    )
    .min(1)
    .max(200),
})
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>

/** A catalogue file: `models/catalogue.json`, or one of the user's in the library's `catalogues` folder. */
export const catalogueSchema = z.strictObject({
  version: z.literal(1),
  models: z.array(catalogueEntrySchema).max(1000),
})

/** A catalogue file of the user that cannot be used, and what is wrong with it. */
export const catalogueFaultSchema = z.strictObject({ fileName: lineSchema(260), fault: lineSchema(500) })
export type CatalogueFault = z.infer<typeof catalogueFaultSchema>

/** All catalogues together. `source` is the name of the user's file that an entry comes from, null for Attune's own. */
export const cataloguesSchema = z.strictObject({
  models: z.array(catalogueEntrySchema.extend({ source: lineSchema(260).nullable() })),
  faults: z.array(catalogueFaultSchema),
})
export type Catalogues = z.infer<typeof cataloguesSchema>

export const downloadSchema = z.strictObject({
  entryId: lineSchema(100),
  state: z.enum(['running', 'paused', 'done', 'failed']),
  doneBytes: z.int().nonnegative(),
  totalBytes: z.int().nonnegative(),
  /** Why it failed. */
  failure: failureSchema.nullable(),
})
export type Download = z.infer<typeof downloadSchema>
