import { z } from 'zod'
import { recipeSchema, regionCoverageSchema } from './records.ts'
import { idSchema, lineSchema, momentSchema } from './scalars.ts'

/** Which job of which library made a picture, so that a picture whose row was lost finds its place again. */
export const pictureOriginSchema = z.strictObject({
  library: lineSchema(64),
  jobId: idSchema,
  picture: z.int().nonnegative(),
  createdMs: momentSchema,
})
export type PictureOrigin = z.infer<typeof pictureOriginSchema>

/** What stands in our own chunk of a picture, as JSON. */
export const ownTextSchema = z.strictObject({
  version: z.literal(1),
  recipe: recipeSchema,
  origin: pictureOriginSchema.optional(),
  coverage: z.array(regionCoverageSchema).max(100).optional(),
})
export type OwnText = z.infer<typeof ownTextSchema>
