import { z } from 'zod'
import { idSchema, momentSchema } from './scalars.ts'

/** Everything a user does that says something about a picture (`methods.md` 10.3). */
export const feedbackKinds = [
  'star',
  'unstar',
  'rate-1',
  'rate-2',
  'rate-3',
  'rate-4',
  'rate-5',
  'pick',
  'reject',
  'clear-rating',
  'win',
  'loss',
  'export',
  'protected-export',
  'edit-base',
  'copy',
  'board',
  'long-look',
  'short-look',
  'set-aside',
  'reroll',
  'early-delete',
  'late-delete',
] as const
export type FeedbackKind = (typeof feedbackKinds)[number]

export const feedbackEventSchema = z.strictObject({
  id: idSchema,
  imageId: idSchema,
  kind: z.enum(feedbackKinds),
  atMs: momentSchema,
})
export type FeedbackEvent = z.infer<typeof feedbackEventSchema>

/** What all events of one picture add up to, -1 … 1, at the moment asked for. */
export const imageScoreSchema = z.strictObject({
  imageId: idSchema,
  score: z.number().min(-1).max(1),
  rating: z.int().min(1).max(5).nullable(),
  flag: z.enum(['pick', 'reject']).nullable(),
  isStarred: z.boolean(),
})
export type ImageScore = z.infer<typeof imageScoreSchema>
