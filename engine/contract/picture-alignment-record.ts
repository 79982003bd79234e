import { z } from 'zod'
import { alignLimits, alignmentReportSchema } from './align-records.ts'
import { idSchema, lineSchema, momentSchema } from './scalars.ts'

const word = lineSchema(alignLimits.wordCharacters).min(1)

/** What a picture's own attention says of a word: a quick reading, which never calls a word ignored. */
export const firstMarkSchema = z.strictObject({
  word,
  /** Its part of all attention to the words, 0 … 1. */
  share: z.number().min(0).max(1.000001),
})
export type FirstMarkRecord = z.infer<typeof firstMarkSchema>
export const firstMarksSchema = z.array(firstMarkSchema)

/** What was measured in a picture, when, by what. */
export const measuredAlignmentSchema = z.strictObject({
  report: alignmentReportSchema,
  model: lineSchema(512),
  durationMs: z.number().nonnegative(),
  atMs: momentSchema,
})
export type MeasuredAlignment = z.infer<typeof measuredAlignmentSchema>

/** Everything known about how a picture shows the words of its prompt. */
export const pictureAlignmentSchema = z.strictObject({
  imageId: idSchema,
  /** What the picture was asked to show; null when nobody knows. */
  prompt: z.string().nullable(),
  /** Empty for pictures that were not drawn here. */
  first: firstMarksSchema,
  measured: measuredAlignmentSchema.nullable(),
  /** How long measuring takes here, as far as the making of the picture says; null when it cannot be measured. */
  estimateMs: z.number().nonnegative().nullable(),
  isMeasuring: z.boolean(),
})
export type PictureAlignment = z.infer<typeof pictureAlignmentSchema>

export const heatSources = ['first', 'measured'] as const
export type HeatSource = (typeof heatSources)[number]

/** Where a word is, on the network's own grid. */
export const wordHeatSchema = z.strictObject({
  source: z.enum(heatSources),
  width: z.int().positive().max(1024),
  height: z.int().positive().max(1024),
  /** Base64 of one byte for each place, rows from the top: 0 coldest … 255 hottest. */
  bytes: z.base64().max(1_500_000),
})
export type WordHeat = z.infer<typeof wordHeatSchema>
