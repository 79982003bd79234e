import { z } from 'zod'
import { change, read } from '../call.ts'
import { feedbackEventSchema, feedbackKinds, imageScoreSchema } from '../feedback-records.ts'
import { imageDetailsSchema, imageQuerySchema, imageSorts, pageSchema } from '../image-records.ts'
import { hashSchema, idSchema, lineSchema, momentSchema } from '../scalars.ts'

const ids = z.array(idSchema).min(1).max(10_000)
const tag = lineSchema(200).min(1)
const done = z.strictObject({ changed: z.int().nonnegative() })
export const boardSchema = z.strictObject({
  id: idSchema,
  name: lineSchema(200),
  images: z.int().nonnegative(),
  /** Its newest picture; null while it is empty. */
  cover: idSchema.nullable(),
})
export type Board = z.infer<typeof boardSchema>

/** Pictures, boards, tags and what the user thinks of them. */
export const imageCalls = {
  'images.list': read(
    z.strictObject({
      query: imageQuerySchema,
      sort: z.enum(imageSorts).default('newest'),
      /** Only pictures after this one in that order. */
      before: idSchema.optional(),
      /** What the page before gave with it. */
      rank: z.number().optional(),
      limit: z.int().min(1).max(500).default(200),
    }),
    pageSchema,
  ),
  'images.count': read(z.strictObject({ query: imageQuerySchema }), z.strictObject({ count: z.int().nonnegative() })),
  /** Pictures per day (UTC), newest first, with the id from which `images.list` reaches that day. */
  'images.days': read(
    z.strictObject({}),
    z.array(
      z.strictObject({ day: z.string().regex(/^\d{4}-\d\d-\d\d$/), count: z.int().positive(), before: idSchema }),
    ),
  ),
  /** The ids of all pictures of a query, in that order. */
  'images.ids': read(
    z.strictObject({ query: imageQuerySchema, sort: z.enum(imageSorts).default('newest') }),
    z.array(idSchema),
  ),
  /** Models that pictures outside the trash were made with, most pictures first; the names as they were written. */
  'images.models': read(
    z.strictObject({}),
    z.array(z.strictObject({ name: lineSchema(1000), images: z.int().positive() })),
  ),
  'images.get': read(z.strictObject({ id: idSchema }), imageDetailsSchema),
  /** The picture whose file has this SHA-256, as recipes name what they started from; null when it is not here. */
  'images.findByHash': read(z.strictObject({ hash: hashSchema }), z.strictObject({ id: idSchema.nullable() })),
  'images.setTags': change(
    z.strictObject({ ids, add: z.array(tag).max(100).default([]), remove: z.array(tag).max(100).default([]) }),
    done,
  ),
  'images.trash': change(z.strictObject({ ids }), done),
  'images.restore': change(z.strictObject({ ids }), done),
  /** Removes files and every trace of pictures that are in the trash. */
  'images.erase': change(z.strictObject({ ids }), done),
  /** Adds a picture from the window: dropped or pasted. */
  'images.upload': change(
    z.strictObject({ name: lineSchema(260), base64: z.base64().max(90_000_000) }),
    z.strictObject({ id: idSchema, isNew: z.boolean() }),
  ),
  /** Reads pictures where they lie; the files stay untouched. The folder comes from a dialog of the user. */
  'images.importFolder': change(
    z.strictObject({ path: lineSchema(4096).min(1) }),
    z.strictObject({ found: z.int().nonnegative(), added: z.int().nonnegative(), unreadable: z.int().nonnegative() }),
  ),
  'tags.list': read(z.strictObject({}), z.array(z.strictObject({ name: tag, images: z.int().nonnegative() }))),
  'boards.list': read(z.strictObject({}), z.array(boardSchema)),
  'boards.create': change(z.strictObject({ name: tag }), boardSchema),
  'boards.rename': change(z.strictObject({ id: idSchema, name: tag }), boardSchema),
  'boards.remove': change(z.strictObject({ id: idSchema }), done),
  'boards.add': change(z.strictObject({ id: idSchema, imageIds: ids }), done),
  'boards.take': change(z.strictObject({ id: idSchema, imageIds: ids }), done),
  'feedback.add': change(
    z.strictObject({ imageId: idSchema, kind: z.enum(feedbackKinds) }),
    z.strictObject({ event: feedbackEventSchema, score: imageScoreSchema }),
  ),
  /** The same of many pictures at once. */
  'feedback.addToAll': change(z.strictObject({ ids, kind: z.enum(feedbackKinds) }), done),
  'feedback.undo': change(z.strictObject({ eventId: idSchema }), imageScoreSchema),
  'feedback.list': read(z.strictObject({ imageId: idSchema }), z.array(feedbackEventSchema)),
  'feedback.scores': read(z.strictObject({ imageIds: ids, atMs: momentSchema.optional() }), z.array(imageScoreSchema)),
}
