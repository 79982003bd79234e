import { readFile } from 'node:fs/promises'
import { EngineError } from '../../contract/failures.ts'
import type { ImageFormat } from '../../contract/image-records.ts'
import { readFailure } from '../../files/disk-failure.ts'
import { isErrno } from '../../files/write-failure.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { stripPng } from '../../image/metadata/change-texts.ts'
import { locateImageFile } from '../../library/image-files.ts'
import { makeShard, thumbnailPath } from '../../library/library-folders.ts'
import type { Library } from '../../library/library.ts'
import type { PictureCodec } from './picture-codec.ts'
import { sniffFormat } from './sniff-format.ts'

export const pictureVariants = ['original', 'thumbnail', 'share'] as const
export type PictureVariant = (typeof pictureVariants)[number]

/** Bytes of a picture and what they are; `hash` names the content for caches. */
export interface PictureFile {
  readonly bytes: Uint8Array
  readonly format: ImageFormat
  readonly hash: string
}

/** Gives pictures by id: as they are, small, or without anything but the mark that a model made them. */
export class PictureFiles {
  readonly #library: Library
  readonly #codec: PictureCodec
  readonly #making = new Map<string, Promise<Uint8Array>>()

  constructor(library: Library, codec: PictureCodec) {
    this.#library = library
    this.#codec = codec
  }

  /**
   * @throws EngineError 'not-found' when there is no such picture or its file is gone, 'file-unsafe' when the file is no
   *                     picture any more, 'file-unreadable' when the disk refuses it, 'format-unsupported' for a share
   *                     copy of anything but PNG
   */
  async read(id: number, variant: PictureVariant): Promise<PictureFile> {
    const { hash, format } = this.#library.images.row(id)
    switch (variant) {
      case 'original':
        return { bytes: await this.#original(id), format, hash }
      case 'thumbnail':
        return { bytes: await this.#thumbnail(id, hash), format: 'webp', hash }
      case 'share':
        return { bytes: await this.#share(id, format), format, hash }
    }
  }

  async #original(id: number): Promise<Uint8Array> {
    const row = this.#library.images.row(id)
    const path = await locateImageFile(this.#library, row)
    const bytes = await readFile(path).catch((cause: unknown) => {
      // A disk that refuses for a moment is no reason to call the picture gone.
      if (!isErrno(cause, 'ENOENT', 'ENOTDIR')) throw readFailure(path, cause)
      this.#library.images.setMissing([id], true)
      throw new EngineError('not-found', { where: `image ${id}`, found: 'the file is gone' }, { cause })
    })
    if (sniffFormat(bytes) === row.format) return bytes
    throw new EngineError('file-unsafe', { where: `image ${id}`, found: `a file that is no ${row.format}` })
  }

  async #thumbnail(id: number, hash: string): Promise<Uint8Array> {
    const path = thumbnailPath(this.#library.folders, hash)
    const stored = await readFile(path).catch(() => undefined)
    if (stored !== undefined) return stored
    const present = this.#making.get(hash)
    if (present !== undefined) return present
    const made = this.#makeThumbnail(id, path).finally(() => this.#making.delete(hash))
    this.#making.set(hash, made)
    return made
  }

  async #makeThumbnail(id: number, path: string): Promise<Uint8Array> {
    const bytes = await this.#codec.thumbnail(await this.#original(id))
    // A disk without room keeps no small pictures, but they are seen all the same and made anew the next time.
    await makeShard(path)
      .then(() => writeWhole(path, bytes, { existing: 'replace' }))
      .catch(() => undefined)
    return bytes
  }

  async #share(id: number, format: ImageFormat): Promise<Uint8Array> {
    if (format !== 'png') {
      throw new EngineError('format-unsupported', { where: 'share copy', found: format, expected: 'png' })
    }
    return stripPng(await this.#original(id))
  }
}
