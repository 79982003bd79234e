import type { ImageFormat } from '../../contract/image-records.ts'
import type { RawPicture } from '../../contract/records.ts'
import type { PngText } from '../../image/png/png-texts.ts'

/** What a picture file says of itself, without decoding its pixels. */
export interface PictureFacts {
  readonly format: ImageFormat
  readonly width: number
  readonly height: number
  readonly texts: readonly PngText[]
}

/**
 * What the service asks of the media process. Every method may fail with 'engine-stopped' when the process dies over a
 * picture, and with 'file-malformed', 'format-unsupported' or 'file-unsafe' for a picture that cannot be read.
 */
export interface PictureCodec {
  /** A PNG with these texts before its pixels. */
  readonly encode: (picture: RawPicture, texts: readonly PngText[]) => Promise<Uint8Array>
  /** A small WebP, at most 512 on its longer side. */
  readonly thumbnail: (file: Uint8Array) => Promise<Uint8Array>
  readonly decode: (file: Uint8Array, channels: 1 | 3) => Promise<RawPicture>
  readonly inspect: (file: Uint8Array) => Promise<PictureFacts>
}
