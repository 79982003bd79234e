import { z } from 'zod'
import { recipeSchema, regionCoverageSchema } from './records.ts'
import { hashSchema, idSchema, lineSchema, momentSchema, textSchema } from './scalars.ts'

/** Which program wrote the settings inside a picture. */
export const metadataSources = ['attune', 'a1111', 'comfyui', 'invokeai', 'fooocus', 'novelai'] as const
export type MetadataSource = (typeof metadataSources)[number]

/** Settings read from a picture that another program made: only what could be read, never executed, never trusted. */
export const foreignSettingsSchema = z.strictObject({
  source: z.enum(metadataSources),
  prompt: textSchema(100_000).optional(),
  negative: textSchema(100_000).optional(),
  steps: z.int().min(0).max(100_000).optional(),
  cfgScale: z.number().optional(),
  seed: lineSchema(32).optional(),
  sampler: lineSchema(200).optional(),
  schedule: lineSchema(200).optional(),
  model: lineSchema(1000).optional(),
  modelHash: lineSchema(128).optional(),
  /** A VAE in place of the model's own. */
  vae: lineSchema(1000).optional(),
  vaeHash: lineSchema(128).optional(),
  clipSkip: z.number().optional(),
  denoise: z.number().optional(),
  /** Everything else that was named, for people to read. */
  other: z.record(lineSchema(200), textSchema(20_000)).default({}),
  /** Why it may come out differently here, as message-catalogue keys. */
  notes: z.array(lineSchema(64)).max(100).default([]),
})
export type ForeignSettings = z.infer<typeof foreignSettingsSchema>

export const imageFormats = ['png', 'jpeg', 'webp'] as const
export type ImageFormat = (typeof imageFormats)[number]

/** Ids grow with the moment of making, so newest first is highest id first. */
export const imageSummarySchema = z.strictObject({
  id: idSchema,
  createdMs: momentSchema,
  width: z.int().positive(),
  height: z.int().positive(),
  format: z.enum(imageFormats),
  rating: z.int().min(1).max(5).nullable(),
  flag: z.enum(['pick', 'reject']).nullable(),
  isStarred: z.boolean(),
  isMissing: z.boolean(),
  /** How well it follows what was asked, over its regions and its measured words; null when nothing is known. */
  obedience: z.number().min(0).max(1).nullable(),
  trashedMs: momentSchema.nullable(),
  jobId: idSchema.nullable(),
})
export type ImageSummary = z.infer<typeof imageSummarySchema>

/** What another program's sampler and schedule mean here, and what could not be taken as it is. */
export const samplingMeaningSchema = z.strictObject({
  sampler: lineSchema(64),
  schedule: lineSchema(64),
  substitutions: z.array(
    z.strictObject({ of: z.enum(['sampler', 'schedule']), asked: lineSchema(200), chosen: lineSchema(64) }),
  ),
})
export type SamplingMeaning = z.infer<typeof samplingMeaningSchema>

export const imageDetailsSchema = imageSummarySchema.extend({
  hash: hashSchema,
  sizeBytes: z.int().nonnegative(),
  /** Made or adopted here, or a file that stays in a folder of the user. */
  isInPlace: z.boolean(),
  fileName: z.string().max(1024),
  recipe: recipeSchema.nullable(),
  /** How much of each painted region was obeyed; null when there were none. */
  coverage: z.array(regionCoverageSchema).nullable(),
  foreign: foreignSettingsSchema.nullable(),
  /** For `foreign.sampler`, where there is one. */
  sampling: samplingMeaningSchema.optional(),
  tags: z.array(lineSchema(200)),
  boardIds: z.array(idSchema),
})
export type ImageDetails = z.infer<typeof imageDetailsSchema>

/** In which order: by the moment of making, or the best first and then the newest. */
export const imageSorts = ['newest', 'oldest', 'stars', 'obedience'] as const
export type ImageSort = (typeof imageSorts)[number]

/** Which pictures; every part narrows. */
export const imageQuerySchema = z.strictObject({
  /** Words of prompt, negative prompt, tags, model, file name; `-word` excludes; the last word matches beginnings. */
  text: lineSchema(500).optional(),
  boardId: idSchema.optional(),
  tag: lineSchema(200).min(1).optional(),
  jobId: idSchema.optional(),
  leastRating: z.int().min(1).max(5).optional(),
  isRated: z.boolean().optional(),
  /** A part of the model's name, in any case. */
  model: lineSchema(200).min(1).optional(),
  seed: lineSchema(32).min(1).optional(),
  /** Whether all painted regions were obeyed; pictures without regions are neither. */
  obeysRegions: z.boolean().optional(),
  /** A part of a word that was measured to be ignored; blank = any word. */
  ignored: lineSchema(200).optional(),
  flag: z.enum(['pick', 'reject']).optional(),
  isStarred: z.boolean().optional(),
  fromMs: momentSchema.optional(),
  toMs: momentSchema.optional(),
  /** Default: pictures that are not in the trash. */
  isTrashed: z.boolean().default(false),
})
export type ImageQuery = z.infer<typeof imageQuerySchema>

export const pageSchema = z.strictObject({
  images: z.array(imageSummarySchema),
  /** Pass as `before` for the page after this one; null at the end. */
  next: idSchema.nullable(),
  /** In an order of rank: pass it with `before`. */
  rank: z.number().optional(),
})
export type ImagePage = z.infer<typeof pageSchema>
