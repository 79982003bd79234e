import { z } from 'zod'
import { lineSchema, seedSchema, textSchema } from './scalars.ts'

/** How far a request to align may go. */
export const alignLimits = {
  promptCharacters: 20_000,
  wordCharacters: 500,
  words: 64,
  prompts: 64,
  steps: { least: 2, most: 200 },
  mapSteps: { least: 1, most: 50 },
  strength: { least: 1, most: 20 },
} as const

const prompt = textSchema(alignLimits.promptCharacters)
const steps = z.int().min(alignLimits.steps.least).max(alignLimits.steps.most)
const seed = seedSchema.default('0')

/** How well does a picture show each word of a prompt, and where? */
export const alignRequestSchema = z.strictObject({
  /** Blank: each word is judged alone. */
  prompt: prompt.default(''),
  /** Words or phrases; those of the prompt when absent. */
  words: z.array(lineSchema(alignLimits.wordCharacters).min(1)).min(1).max(alignLimits.words).optional(),
  /** Noise levels of the scores. */
  steps: steps.default(12),
  /** Noise levels of the maps. */
  mapSteps: z.int().min(alignLimits.mapSteps.least).max(alignLimits.mapSteps.most).default(5),
  /** How far the map of the worst aligned word is sharpened; 1 = not at all. */
  strength: z.number().min(alignLimits.strength.least).max(alignLimits.strength.most).default(3),
  /** Heat from which on a pixel belongs to a word; the model's own when absent. */
  threshold: z.number().min(0).max(1).optional(),
  seed,
})
export type AlignRequest = z.infer<typeof alignRequestSchema>

/** Which of these prompts fits a picture? */
export const classifyRequestSchema = z.strictObject({
  prompts: z.array(prompt).min(2).max(alignLimits.prompts),
  steps: steps.default(12),
  seed,
})
export type ClassifyRequest = z.infer<typeof classifyRequestSchema>

export const wordVerdicts = ['ignored', 'weak', 'present'] as const

/** One word, measured in a picture; see `machine/alignment-report.ts`. */
export const alignedWordSchema = z.strictObject({
  word: z.string(),
  isAppended: z.boolean(),
  score: z.strictObject({ value: z.number(), standardError: z.number(), verdict: z.enum(wordVerdicts) }),
  exponent: z.number(),
  maskShare: z.number(),
})
export type AlignedWordRecord = z.infer<typeof alignedWordSchema>

export const alignmentReportSchema = z.strictObject({
  form: z.enum(['in-prompt', 'alone']),
  words: z.array(alignedWordSchema).readonly(),
  steps: z.int(),
  mapSteps: z.int(),
  threshold: z.number(),
})
export type AlignmentRecord = z.infer<typeof alignmentReportSchema>

const estimateSchema = z.strictObject({ value: z.number(), standardError: z.number() })

/** One of several prompts, measured in a picture. */
export const promptFitSchema = z.strictObject({
  /** Mean squared error of the predicted noise. */
  error: z.number(),
  /** How much larger it is than that of the best prompt. */
  behind: estimateSchema,
  /** Probability of the prompt among these. */
  posterior: estimateSchema,
})
export type PromptFitRecord = z.infer<typeof promptFitSchema>
