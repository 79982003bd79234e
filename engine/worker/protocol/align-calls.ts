import { z } from 'zod'
import {
  alignmentReportSchema,
  alignRequestSchema,
  classifyRequestSchema,
  promptFitSchema,
} from '../../contract/align-records.ts'
import type { CallTable } from '../../process/call-table.ts'
import { loraOnDiskSchema, modelOptions } from './model-options.ts'
import { rawPictureSchema } from '../raw-picture-schema.ts'

const progressSchema = z.strictObject({
  done: z.int().nonnegative(),
  total: z.int().positive(),
  stage: z.string(),
})

const pictureArgs = {
  /** Path of the model's folder or file. */
  modelPath: z.string().min(1).max(4096),
  image: rawPictureSchema,
  ...modelOptions,
  /** What the picture was drawn with; none when absent. */
  loras: z.array(loraOnDiskSchema).readonly().optional(),
}

/** Where a word is: numbers on the network's own grid, row by row, 0 … 1. */
export interface HeatGrid {
  readonly width: number
  readonly height: number
  /** Calibrated. */
  readonly heat: Float32Array
  /** As the attention has it. */
  readonly plainHeat: Float32Array
}

const heatGridSchema: z.ZodType<HeatGrid> = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  heat: z.instanceof(Float32Array),
  plainHeat: z.instanceof(Float32Array),
})

const ranOnSchema = {
  model: z.string(),
  device: z.string(),
  durationMs: z.number().nonnegative(),
}

const alignedSchema = z.strictObject({
  report: alignmentReportSchema,
  /** One for each word of the report. */
  grids: z.array(heatGridSchema).readonly(),
  /** The size of the picture, grey: 0 where no word is, k where the k-th word is, counted from 1. */
  labels: rawPictureSchema,
  notes: z.array(z.string()).readonly(),
  ...ranOnSchema,
})
export type AlignedPicture = z.infer<typeof alignedSchema>

const classifiedSchema = z.strictObject({
  /** One for each prompt of the request. */
  fits: z.array(promptFitSchema).readonly(),
  notes: z.array(z.string()).readonly(),
  ...ranOnSchema,
})

/** What the worker says about how pictures and prompts fit. */
export const alignCalls = {
  align: {
    args: z.strictObject({ request: alignRequestSchema, ...pictureArgs }),
    result: alignedSchema,
    progress: progressSchema,
  },
  classify: {
    args: z.strictObject({ request: classifyRequestSchema, ...pictureArgs }),
    result: classifiedSchema,
    progress: progressSchema,
  },
} as const satisfies CallTable
