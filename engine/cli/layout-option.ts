import { readFile, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/failures.ts'
import { layoutSchema, type Layout } from '../contract/layout.ts'
import type { RawPicture } from '../contract/records.ts'
import type { MediaLink } from '../media/protocol/media-link.ts'

/** A layout file with the pixels of its masks by region id. */
export interface OpenedLayout {
  readonly layout: Layout
  readonly masks: Readonly<Record<string, RawPicture>>
}

/**
 * Reads a layout (version 1) and the masks it names, which lie in its folder.
 *
 * @throws EngineError 'file-unreadable', 'bad-argument' for an unknown field or a value out of range, 'refused' for a mask
 *         outside the layout's folder, and what the codec refuses
 */
export const readLayout = async (path: string, media: MediaLink): Promise<OpenedLayout> => {
  const layout = parseLayout(path, await readText(path))
  const folder = await realpath(dirname(path))
  const masks: Record<string, RawPicture> = {}
  for (const { id, shape } of layout.regions) {
    if (shape.kind === 'mask') masks[id] = await readMask(folder, shape.file, media)
  }
  return { layout, masks }
}

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new EngineError(
      'file-unreadable',
      { where: '--layout', found: `${path} cannot be read`, expected: 'a layout file' },
      { cause },
    )
  }
}

const parseLayout = (path: string, text: string): Layout => {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw new EngineError(
      'bad-argument',
      { where: path, found: 'text that is not JSON', expected: 'a layout of version 1' },
      { cause },
    )
  }
  const { success, data, error } = layoutSchema.safeParse(raw)
  if (success) return data
  const found = z.prettifyError(error).split('\n').slice(0, 2).join(' ').trim()
  throw new EngineError(
    'bad-argument',
    { where: path, found, expected: 'a layout of version 1', remedy: 'See docs/methods/layout.md.' },
    { cause: error },
  )
}

const readMask = async (folder: string, file: string, media: MediaLink): Promise<RawPicture> => {
  const wanted = join(folder, file)
  const real = await realpath(wanted).catch((cause: unknown) => {
    throw new EngineError(
      'file-unreadable',
      { where: 'layout', found: `no mask "${file}"`, expected: 'a picture beside the layout' },
      { cause },
    )
  })
  const inside = relative(folder, real)
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new EngineError('refused', {
      where: 'layout',
      found: `the mask "${file}" outside the layout's folder`,
      expected: 'one inside it',
    })
  }
  return media.call('decode', { file: await readFile(real), as: 'mask' })
}
