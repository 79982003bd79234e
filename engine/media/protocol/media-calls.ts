import { z } from 'zod'
import type { RawPicture } from '../../contract/records.ts'
import { pictureFormats } from '../../image/picture-format.ts'
import type { CallTable } from '../../process/call-table.ts'

const bytes: z.ZodType<Uint8Array> = z.instanceof(Uint8Array)
const side = z.int().min(1).max(65_536)
const quality = z.int().min(1).max(100).optional()
const lossless = z.boolean().optional()

const rawPictureSchema: z.ZodType<RawPicture> = z.strictObject({
  width: side,
  height: side,
  channels: z.union([z.literal(1), z.literal(3), z.literal(4)]),
  data: bytes,
})

const textSchema = z.strictObject({ keyword: z.string().min(1).max(79), text: z.string() })

const encodingSchema = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('png') }),
  z.strictObject({ format: z.literal('jpeg'), quality }),
  z.strictObject({ format: z.literal('webp'), quality, lossless }),
  z.strictObject({ format: z.literal('avif'), quality, lossless }),
])

const fitSchema = z.strictObject({ width: side, height: side, how: z.enum(['inside', 'cover', 'fill']) })

const factsSchema = z.strictObject({
  format: z.enum(pictureFormats),
  width: side,
  height: side,
  hasAlpha: z.boolean(),
  texts: z.array(z.strictObject({ keyword: z.string(), text: z.string() })).readonly(),
  skipped: z
    .array(z.strictObject({ keyword: z.string(), reason: z.enum(['damaged', 'too-large', 'too-many']) }))
    .readonly(),
})

/** What the media process can be asked: everything that needs a picture codec. Files and pixels travel as bytes. */
export const mediaCalls = {
  /** A picture file to pixels: 8 bits, sRGB, upright. See `decodePicture`. */
  decode: {
    args: z.strictObject({ file: bytes, as: z.enum(['rgb', 'rgba', 'mask']), fit: fitSchema.optional() }),
    result: rawPictureSchema,
  },
  /** Pixels to a picture file with texts in it. See `encodePicture`. */
  encode: {
    args: z.strictObject({
      picture: rawPictureSchema,
      encoding: encodingSchema,
      texts: z.array(textSchema).max(100).readonly(),
    }),
    result: bytes,
  },
  /** A small WebP. See `makeThumbnail`. */
  thumbnail: {
    args: z.strictObject({ file: bytes, side: z.int().min(16).max(2048) }),
    result: z.strictObject({ file: bytes, width: side, height: side }),
  },
  /** Size, format and texts without decoding. See `inspectPicture`. */
  inspect: { args: z.strictObject({ file: bytes }), result: factsSchema },
  /** SHA-256 in lower-case hex. */
  hash: { args: z.strictObject({ file: bytes }), result: z.string().regex(/^[0-9a-f]{64}$/) },
} as const satisfies CallTable

export type MediaCalls = typeof mediaCalls
