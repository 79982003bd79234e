import { z } from 'zod'
import type { RawPicture } from '../contract/records.ts'

/** Raw pixels that cross a process border. */
export const rawPictureSchema: z.ZodType<RawPicture> = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  channels: z.union([z.literal(1), z.literal(3), z.literal(4)]),
  data: z.instanceof(Uint8Array),
})
