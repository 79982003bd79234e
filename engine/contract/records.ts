import { z } from 'zod'
import { layoutSchema } from './layout.ts'
import { hashSchema, lineSchema, nameSchema, seedSchema, textSchema } from './scalars.ts'

/**
 * What a user can ask for and what was really done. A request is sparse: what it leaves out, the model decides.
 * A recipe is complete: it repeats the picture on the same device.
 */

/** How far a request may go; one place, so that window, command line and engine agree. */
export const requestLimits = {
  promptCharacters: 20_000,
  steps: { least: 1, most: 150 },
  side: { least: 16, most: 8192 },
  /** 50 megapixels. */
  pixels: 50_000_000,
  count: 256,
  cfgScale: { least: 0, most: 50 },
  loras: 32,
  embeddings: 100,
  changeMasks: 32,
  feather: 256,
  reweigh: 1.5,
} as const

const prompt = textSchema(requestLimits.promptCharacters)
const side = z.int().min(requestLimits.side.least).max(requestLimits.side.most)
const steps = z.int().min(requestLimits.steps.least).max(requestLimits.steps.most)
const cfgScale = z.number().min(requestLimits.cfgScale.least).max(requestLimits.cfgScale.most)
const strength = z.number().min(0).max(1)
const loraStrength = z.number().min(-10).max(10)

export const guidanceKinds = ['cfg', 'adaptive', 'none'] as const
export type GuidanceKind = (typeof guidanceKinds)[number]

/** What a network tells of a noisy picture: the noise, or v; named as in `scheduler_config.json`. */
export const predictionKinds = ['epsilon', 'v_prediction'] as const
export type PredictionKind = (typeof predictionKinds)[number]

export const steeringKinds = ['none', 'paint-with-words', 'zest', 'both', 'csg'] as const
export type SteeringKind = (typeof steeringKinds)[number]

/** A LoRA by its id in the library (or, on the command line, its path). `textStrength` absent = `strength`. */
export const loraUseSchema = z.strictObject({
  id: lineSchema(4096).min(1),
  strength: loraStrength.default(1),
  textStrength: loraStrength.optional(),
})
export type LoraUse = z.infer<typeof loraUseSchema>

/** Where a picture that starts from another may change; outside of all of them it stays as it was. */
export const changeMaskSchema = z.strictObject({
  /** 8-bit grey, white where it may change, any size: the hash of the mask's file. */
  file: lineSchema(4096).min(1),
  /** How much of the change shows inside: 1 all of it. */
  opacity: strength.default(1),
  /** Width of the soft edge, which lies inside the mask, in pixels of the picture. */
  feather: z.number().min(0).max(requestLimits.feather).default(8),
})
export type ChangeMask = z.infer<typeof changeMaskSchema>

const changeMasks = z.array(changeMaskSchema).min(1).max(requestLimits.changeMasks)

/** Start from a picture: 0 keeps it, 1 forgets it. `source` is an image id of the library, as text (a path on the command line). */
export const imageStartSchema = z.strictObject({
  source: lineSchema(4096).min(1),
  strength: strength.default(0.75),
  /** Absent = all of it may change. */
  masks: changeMasks.optional(),
})
export type ImageStart = z.infer<typeof imageStartSchema>

export const generateRequestSchema = z
  .strictObject({
    kind: z.literal('generate').default('generate'),
    prompt: prompt.default(''),
    negative: prompt.default(''),
    /** The library's id of a model, or on the command line its path. Absent = the bundled model. */
    model: lineSchema(4096).min(1).optional(),
    /** The library's id of a VAE in place of the model's own. */
    vae: lineSchema(4096).min(1).optional(),
    /** What the network predicts. Absent = what the library keeps as the user's choice for the model, else what its files say. */
    prediction: z.enum(predictionKinds).optional(),
    /** Absent = drawn at random once, when the job is made. Picture i of `count` uses seed + i modulo 2^64. */
    seed: seedSchema.optional(),
    steps: steps.default(20),
    cfgScale: cfgScale.default(7),
    sampler: nameSchema.default('euler'),
    /** `automatic` = what the model's scheduler folder says. */
    schedule: nameSchema.default('automatic'),
    /** Absent = the size the model was trained at; with `image` that picture's, unless it is far from it (`sizedByStart`). */
    width: side.optional(),
    height: side.optional(),
    count: z.int().min(1).max(requestLimits.count).default(1),
    /** 0 deterministic … 1 as noisy as DDPM; samplers without noise ignore it and say so. */
    eta: strength.optional(),
    clipSkip: z.int().min(1).max(12).optional(),
    variationSeed: seedSchema.optional(),
    variationStrength: strength.optional(),
    guidance: z.enum(guidanceKinds).default('cfg'),
    guidanceRescale: strength.default(0),
    image: imageStartSchema.optional(),
    layout: layoutSchema.optional(),
    loras: z.array(loraUseSchema).max(requestLimits.loras).default([]),
    steering: z.enum(steeringKinds).default('both'),
    /**
     * Factor for the weight of phrases that the finished picture does not show; it is then drawn again. Absent or 1 = the
     * first picture is kept and nobody looks.
     */
    reweigh: z.number().min(1).max(requestLimits.reweigh).optional(),
  })
  .refine(({ width = 1, height = 1 }) => width * height <= requestLimits.pixels, 'more than 50 megapixels')
export type GenerateRequest = z.infer<typeof generateRequestSchema>
/** What a caller has to write: everything with a default may be left out. */
export type GenerateRequestInput = z.input<typeof generateRequestSchema>

/** Whatever the queue can hold; a new method adds its member here. */
export const jobRequestSchema = z.discriminatedUnion('kind', [generateRequestSchema])
export type JobRequest = z.infer<typeof jobRequestSchema>

/** A weights file as it was used: its name without folder and the SHA-256 of its bytes, null when not computed. */
export const usedFileSchema = z.strictObject({ name: lineSchema(512), hash: hashSchema.nullable() })
export type UsedFile = z.infer<typeof usedFileSchema>

export const recipeVersion = 1

/** How one picture was made, with every default resolved. Stored in the row and inside the picture. */
export const recipeSchema = z.strictObject({
  version: z.literal(recipeVersion),
  kind: z.literal('generate'),
  appVersion: lineSchema(64),
  /** As it was drawn with: nothing is left to draw in it. */
  prompt,
  negative: prompt,
  /** The prompt as it was typed, where `{a|b}` or `__list__` drew something or phrases were weighed. */
  template: prompt.optional(),
  /** Weights that `reweigh` gave to phrases; they stand in `prompt`, which repeats the picture without another look. */
  phraseWeights: z
    .array(z.strictObject({ phrase: lineSchema(500), weight: z.number().positive().max(10) }))
    .max(100)
    .optional(),
  model: usedFileSchema,
  /** A VAE in place of the model's own. */
  vae: usedFileSchema.optional(),
  /** What the network was taken to predict, where somebody chose it; else the model's files say so. */
  prediction: z.enum(predictionKinds).optional(),
  /** The seed of this very picture. */
  seed: seedSchema,
  steps,
  cfgScale,
  sampler: nameSchema,
  schedule: nameSchema,
  width: side,
  height: side,
  eta: strength.optional(),
  clipSkip: z.int().min(1).max(12).optional(),
  variationSeed: seedSchema.optional(),
  variationStrength: strength.optional(),
  guidance: z.enum(guidanceKinds),
  guidanceRescale: strength,
  /** The picture it started from, by content. */
  image: z.strictObject({ hash: hashSchema.nullable(), strength, masks: changeMasks.optional() }).optional(),
  layout: layoutSchema.optional(),
  loras: z
    .array(usedFileSchema.extend({ strength: loraStrength, textStrength: loraStrength }))
    .max(requestLimits.loras),
  /** Textual inversions that the prompts named. */
  embeddings: z.array(usedFileSchema).max(requestLimits.embeddings).optional(),
  steering: z.enum(steeringKinds),
  /** Where it ran: `cpu`, `cuda`, `webgpu: NVIDIA ...`. */
  device: lineSchema(200),
  /** What was changed or ignored on the way, as message-catalogue keys. */
  notes: z.array(lineSchema(200)).max(100).default([]),
  durationMs: z.number().nonnegative(),
})
export type Recipe = z.infer<typeof recipeSchema>

/** Raw pixels between processes: rows from the top, `channels` bytes per pixel, nothing between rows. */
export interface RawPicture {
  readonly width: number
  readonly height: number
  /** 1 grey, 3 RGB, 4 RGB and alpha (not premultiplied). */
  readonly channels: 1 | 3 | 4
  readonly data: Uint8Array
}

/** How much of a painted region a picture obeys, by the attention to its words; both shares 0 … 1. */
export const regionCoverageSchema = z.strictObject({
  id: lineSchema(64),
  /** Share of the words' strong attention, above half of the largest, that lies inside the region: what the verdict uses. */
  inside: z.number().min(0).max(1.000001),
  /** The same of all attention, Σ S P / Σ P over all cells; absent in pictures made before it was kept. */
  insideAll: z.number().min(0).max(1.000001).optional(),
  /** Share of the region that the words' attention fills. */
  fill: z.number().min(0).max(1.000001),
  isObeyed: z.boolean(),
})
export type RegionCoverage = z.infer<typeof regionCoverageSchema>

/** Where a picture's own attention looked for a word while it was drawn. */
export interface WordMark {
  readonly word: string
  /** Its part of all attention to these words, 0 … 1. */
  readonly share: number
  readonly width: number
  readonly height: number
  /** One byte for each place, rows from the top: 0 coldest … 255 hottest. */
  readonly heat: Uint8Array
}

/** What the worker gives back for each picture. */
export interface MadePicture {
  readonly picture: RawPicture
  readonly recipe: Recipe
  /** One for each painted region, where regions were asked for. */
  readonly coverage?: readonly RegionCoverage[] | undefined
  /** One for each word of the prompt, where marks were asked for. */
  readonly marks?: readonly WordMark[] | undefined
}

/** Pixels that a request only names: decoded by the media process, handed to the worker beside the request. */
export interface RequestPixels {
  /** For `request.image`. */
  readonly image?: RawPicture
  /** For each region whose shape is a mask, by region id; one channel, white inside. */
  readonly masks?: Readonly<Record<string, RawPicture>>
  /** For each of `request.image.masks`, in their order; one channel, white inside. */
  readonly changeMasks?: readonly RawPicture[]
}

/** A picture as it comes from the worker while it is being made: small RGB, every second step. */
export interface Preview {
  readonly width: number
  readonly height: number
  /** 3 bytes per pixel. */
  readonly rgb: Uint8Array
}

/** Progress of one job as the worker tells it. */
export interface JobProgress {
  readonly done: number
  readonly total: number
  readonly stage: string
  readonly preview?: Preview
}
