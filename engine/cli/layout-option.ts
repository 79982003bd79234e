import { readFile, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { layoutSchema, type Layout } from '../contract/layout.ts'
import type { RawPicture } from '../contract/records.ts'
import { explainIssue } from './explain-issue.ts'
import { readPictureFile } from './read-picture.ts'
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
    if (shape.kind === 'mask')
      masks[id] = await readMask({ where: `${path}, region "${id}"`, folder, file: shape.file }, media)
  }
  return { layout, masks }
}

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new EngineError(
      'file-unreadable',
      {
        where: '--layout',
        found: `${path} cannot be read`,
        expected: 'a layout file',
        remedy: 'Check its path and that it is a file.',
      },
      { cause },
    )
  }
}

const parseLayout = (path: string, text: string): Layout => {
  let raw: unknown
  try {
    // Some editors of Windows put a mark in front.
    raw = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    const why = text.trim() === '' ? 'an empty file' : `text that is not JSON (${String((cause as Error).message)})` // JSON.parse throws errors only
    throw new EngineError(
      'bad-argument',
      { where: path, found: why, expected: 'a layout of version 1', remedy },
      { cause },
    )
  }
  const { success, data, error } = layoutSchema.safeParse(raw)
  if (success) return data
  const [issue] = error.issues
  const { place, found, expected } =
    issue === undefined
      ? { place: '', found: error.message, expected: 'a layout of version 1' }
      : explainIssue(issue, raw)
  const where = place === '' ? path : `${path}, ${place}`
  throw new EngineError('bad-argument', { where, found, expected, remedy }, { cause: error })
}

const remedy = 'See docs/methods/layout.md.'

interface MaskPlace {
  /** Layout and region, for messages. */
  readonly where: string
  /** Of the layout, links resolved. */
  readonly folder: string
  readonly file: string
}

const readMask = async ({ where, folder, file }: MaskPlace, media: MediaLink): Promise<RawPicture> => {
  const wanted = join(folder, file)
  const real = await realpath(wanted).catch((cause: unknown) => {
    throw new EngineError(
      'file-unreadable',
      {
        where,
        found: `no mask "${file}"`,
        expected: "a picture in the layout's folder",
        remedy: 'Put it there or write its right name.',
      },
      { cause },
    )
  })
  const inside = relative(folder, real)
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new EngineError('refused', {
      where,
      found: `the mask "${file}" outside the layout's folder`,
      expected: 'one inside it',
      remedy: 'Copy it there; links that lead out are not followed.',
    })
  }
  const bytes = await readPictureFile(where, real)
  return media.call('decode', { file: bytes, as: 'mask' }).catch((error: unknown) => {
    if (!(error instanceof EngineError)) throw error
    throw new EngineError(error.code, { ...error.facts, where: `${where}, mask "${file}"` }, { cause: error })
  })
}
