import { z } from 'zod'
import { failureSchema } from '../../contract/failure-record.ts'
import { predictionKinds } from '../../contract/records.ts'
import { modelKinds } from '../../contract/model-records.ts'
import type { CallTable } from '../../process/call-table.ts'
import { modelOptions, pathSchema } from './model-options.ts'

/** What a file or folder is. */
const modelDescriptionSchema = z.strictObject({
  kind: z.enum(modelKinds),
  family: z.string().nullable(),
  isUsable: z.boolean(),
  /** What a usable model's network predicts by its files; null for anything else. */
  prediction: z.strictObject({ own: z.enum(predictionKinds), isAssumed: z.boolean() }).nullable(),
  /** For people, in English. */
  sentence: z.string(),
})
export type ModelDescription = z.infer<typeof modelDescriptionSchema>

/** One network of a model against what its configuration asks for. */
const partCheckSchema = z.strictObject({
  name: z.string(),
  weights: z.int().nonnegative(),
  sizeBytes: z.int().nonnegative(),
  storedAs: z.array(z.string()).readonly(),
  /** Keys that are not in the file. */
  missing: z.array(z.string()).readonly(),
  /** Anything else that is wrong. */
  failure: failureSchema.nullable(),
})

/** Everything that can be said about a file without running it. */
const modelCheckSchema = z.strictObject({
  description: modelDescriptionSchema,
  /** What is known, such as `predicts: epsilon`, for people. */
  facts: z.array(z.strictObject({ label: z.string(), value: z.string() })).readonly(),
  /** Networks of a model; empty for other files. */
  parts: z.array(partCheckSchema).readonly(),
  /** What the files do not say, what is taken instead, and why. */
  assumptions: z.array(z.strictObject({ setting: z.string(), value: z.string(), because: z.string() })).readonly(),
  /** Tensors that belong to no network. */
  unused: z.array(z.string()).readonly(),
  /** How much of a LoRA fits the model that it was checked against. */
  match: z
    .strictObject({
      model: z.string(),
      matched: z.int().nonnegative(),
      total: z.int().positive(),
      unmatched: z.array(z.string()).readonly(),
      perComponent: z.record(z.string(), z.int().positive()).readonly(),
    })
    .nullable(),
  /** Why it cannot be used; null when it can. */
  failure: failureSchema.nullable(),
})
export type ModelCheck = z.infer<typeof modelCheckSchema>

const measurementSchema = z.strictObject({
  /** Cosine at which Adaptive Guidance may stop; null when it is worse than fewer steps for this model. */
  guidanceThreshold: z.number().nullable(),
  /** Mean SSIM to full guidance at the threshold, and the share of network runs that it saves. */
  adaptive: z.strictObject({ ssim: z.number(), savedShare: z.number() }).nullable(),
  fewerStepsSsim: z.number(),
  prompts: z.int().positive(),
  /** The file that keeps it. */
  path: z.string(),
})
export type KeptMeasurement = z.infer<typeof measurementSchema>

const progressSchema = z.strictObject({
  done: z.int().nonnegative(),
  total: z.int().positive(),
  stage: z.string(),
})

/** Most prompts that a model is measured with. */
export const mostMeasuringPrompts = 40

/** What the worker says about model files. */
export const modelCalls = {
  describeModel: { args: z.strictObject({ path: pathSchema }), result: modelDescriptionSchema },
  checkModel: {
    args: z.strictObject({
      path: pathSchema,
      /** The model that a LoRA, an embedding or a VAE is to be used with. */
      modelPath: pathSchema.optional(),
      vaePath: modelOptions.vaePath,
      prediction: modelOptions.prediction,
    }),
    result: modelCheckSchema,
  },
  measureModel: {
    args: z.strictObject({
      modelPath: pathSchema,
      ...modelOptions,
      prompts: z.int().min(1).max(mostMeasuringPrompts),
    }),
    result: measurementSchema,
    progress: progressSchema,
  },
} as const satisfies CallTable
