import { dirname, resolve } from 'node:path'
import { stat } from 'node:fs/promises'
import { EngineError } from '../contract/failures.ts'
import type { MadePicture } from '../contract/records.ts'
import { writeNumbered } from '../files/write-numbered.ts'
import { writeWhole } from '../files/write-whole.ts'
import { pictureTexts } from '../image/metadata/picture-texts.ts'
import type { MediaLink } from '../media/protocol/media-link.ts'

export interface SaveOptions {
  /** A folder, or a path ending in `.png` that must not exist. */
  readonly out: string
  /** Leaves out everything but the mark that a model made the picture. */
  readonly share: boolean
}

/**
 * Encodes a picture as PNG with its settings inside and writes it whole or not at all.
 *
 * @returns its path
 * @throws EngineError 'disk-full' | 'conflict' | 'not-found' | 'refused' | 'file-unwritable', and what the codec refuses
 */
export const savePicture = async (
  media: MediaLink,
  { picture, recipe }: MadePicture,
  { out, share }: SaveOptions,
): Promise<string> => {
  const texts = pictureTexts({ version: 1, recipe }, share ? 'share' : 'full')
  const png = await media.call('encode', { picture, encoding: { format: 'png' }, texts })
  const path = resolve(out)
  if (!path.endsWith('.png')) return writeNumbered({ folder: path, stem: 'attune', extension: '.png' }, png)
  await writeWhole(path, png)
  return path
}

/**
 * Refuses a place where nothing can be written, before anything is drawn.
 *
 * @throws EngineError 'conflict' for a file that is there, 'not-found' for a folder that is not
 */
export const checkPlace = async (out: string): Promise<void> => {
  const path = resolve(out)
  const isFile = path.endsWith('.png')
  if (isFile && (await exists(path))) {
    throw new EngineError('conflict', {
      where: '--out',
      found: `${out} is there already`,
      expected: 'a new name',
      remedy: 'Nothing was changed.',
    })
  }
  const folder = isFile ? dirname(path) : path
  if (await exists(folder)) return
  throw new EngineError('not-found', {
    where: '--out',
    found: `no folder ${folder}`,
    expected: 'a folder that is there',
    remedy: 'Make it first.',
  })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
