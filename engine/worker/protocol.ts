import { z } from 'zod'
import { memoryEstimateSchema } from '../contract/job-records.ts'
import {
  generateRequestSchema,
  recipeSchema,
  regionCoverageSchema,
  type MadePicture,
  type Preview,
  type WordMark,
} from '../contract/records.ts'
import { seedSchema } from '../contract/scalars.ts'
import type { CallTable } from '../process/call-table.ts'
import { alignCalls } from './protocol/align-calls.ts'
import { promptCalls } from './protocol/prompt-calls.ts'
import { modelCalls } from './protocol/model-calls.ts'
import { modelOptions, pathsSchema } from './protocol/model-options.ts'
import { rawPictureSchema } from './raw-picture-schema.ts'

const previewSchema: z.ZodType<Preview> = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  rgb: z.instanceof(Uint8Array),
})

const progressSchema = z.strictObject({
  done: z.int().nonnegative(),
  total: z.int().positive(),
  stage: z.string(),
  preview: previewSchema.optional(),
})

/** One picture of a request: which model, which seed; LoRAs of the request are named by their paths. A caller that wants `count` pictures asks so many times. */
const generateArgsSchema = z.strictObject({
  request: generateRequestSchema,
  /** Path of the model's folder or file. */
  modelPath: z.string().min(1).max(4096),
  /** SHA-256 of the model's file where it is known; worked out (once) where it is not. Goes into the recipe. */
  modelHash: z.string().nullable(),
  ...modelOptions,
  /** Folders, each with all below it, where LoRAs are looked for that the prompt names (`<lora:name:0.8>`). */
  loraFolders: pathsSchema.optional(),
  /** Folders and files with the textual inversions that prompts may name. */
  embeddingPlaces: pathsSchema.optional(),
  /** Lists for `__name__` in the prompts; with them the recipe says what was drawn. */
  wildcards: z.record(z.string(), z.array(z.string()).readonly()).optional(),
  /** Of this very picture. */
  seed: seedSchema,
  /** Pixels of `request.image`, decoded. */
  image: rawPictureSchema.optional(),
  /** Pixels of regions whose shape is a mask, by region id. */
  masks: z.record(z.string(), rawPictureSchema).optional(),
  /** Pixels of `request.image.masks`, in their order. */
  changeMasks: z.array(rawPictureSchema).readonly().optional(),
  /** Whether the picture's own attention to its words is wanted too. */
  wantsMarks: z.boolean().optional(),
})

const wordMarkSchema: z.ZodType<WordMark> = z.strictObject({
  word: z.string(),
  share: z.number().min(0).max(1.000001),
  width: z.int().positive(),
  height: z.int().positive(),
  heat: z.instanceof(Uint8Array),
})

const madePictureSchema: z.ZodType<MadePicture> = z.strictObject({
  picture: rawPictureSchema,
  recipe: recipeSchema,
  coverage: z.array(regionCoverageSchema).optional(),
  marks: z.array(wordMarkSchema).readonly().optional(),
})

/** What the worker process can be asked: everything that needs ONNX Runtime. Pixels travel raw. */
export const workerCalls = {
  generate: { args: generateArgsSchema, result: madePictureSchema, progress: progressSchema },
  /** What the picture of the same arguments would take; answered from headers, nothing is loaded. */
  estimateMemory: {
    args: generateArgsSchema.extend({
      /** Size of the picture that `request.image` names, where its pixels are not sent. */
      imageSize: z.strictObject({ width: z.int().positive(), height: z.int().positive() }).optional(),
    }),
    result: memoryEstimateSchema,
  },
  ...alignCalls,
  ...modelCalls,
  ...promptCalls,
} as const satisfies CallTable

export type WorkerCalls = typeof workerCalls
