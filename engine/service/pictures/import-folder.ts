import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import type { ImageSummary } from '../../contract/image-records.ts'
import { hashOf } from '../../library/image-files.ts'
import type { NewImage } from '../../library/image-row.ts'
import type { Library } from '../../library/library.ts'
import { walkFiles } from '../../files/walk-files.ts'
import { describePicture } from './describe-picture.ts'
import type { PictureCodec } from './picture-codec.ts'
import { readPictureFacts } from './read-facts.ts'

const endings = /\.(png|jpe?g|webp)$/i
/** Larger files are not pictures anybody generated. */
const mostBytes = 200_000_000
const batchSize = 100

export interface Imported {
  readonly found: number
  readonly added: number
  readonly unreadable: number
}

export interface ImportOptions {
  readonly library: Library
  readonly codec: PictureCodec
  readonly path: string
  readonly nowMs: number
  /** Called after each batch is committed. */
  readonly onBatch: (added: readonly ImageSummary[], seen: number) => void
}

/**
 * Takes the pictures of a folder into the gallery where they lie: nothing is copied, moved or written there. Files that
 * are known already and did not change are passed over, so that importing again is cheap and picks up what is new.
 *
 * @throws EngineError 'bad-argument' for a relative path, 'not-found', 'refused' for the library's own folder
 */
export const importFolder = async (options: ImportOptions): Promise<Imported> => {
  const { library, path, nowMs, onBatch } = options
  const root = await checkFolder(library, path)
  const folder = library.imageFolders.add(root, nowMs)
  const known = library.imageFolders.known(folder.id)
  let [found, added, unreadable] = [0, 0, 0]
  let batch: NewImage[] = []
  const commit = (): void => {
    const done = library.images.addAll(batch).filter(({ isNew }) => isNew)
    added += done.length
    batch = []
    onBatch(done.map(({ image }) => image), found) // prettier-ignore
  }
  for await (const file of walkFiles(root, endings)) {
    found++
    const place = relative(root, file.path).split(sep).join('/')
    if (known.get(place) === file.modifiedMs) continue
    const image = await readImage(options, folder.id, place, file)
    if (image === undefined) unreadable++
    else batch.push(image)
    if (batch.length >= batchSize) commit()
  }
  commit()
  return { found, added, unreadable }
}

const checkFolder = async (library: Library, path: string): Promise<string> => {
  if (!isAbsolute(path)) throw new EngineError('bad-argument', { where: 'import', found: 'a relative path' })
  const root = await realpath(resolve(path)).catch(() => undefined)
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new EngineError('not-found', { where: 'import', found: 'no folder of that name', path })
  }
  const own = await realpath(library.folders.root)
  if (isInside(root, own) || isInside(own, root)) {
    throw new EngineError('refused', {
      where: 'import',
      found: 'a folder that holds the library or lies inside it',
      remedy: 'Choose the folder with the pictures themselves.',
    })
  }
  return root
}

/** Whether `path` is `folder` or lies below it; a sibling that begins with the same letters does not. */
export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`))
}

const readImage = async (
  { codec }: ImportOptions,
  folderId: number,
  place: string,
  file: { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number },
): Promise<NewImage | undefined> => {
  if (file.sizeBytes > mostBytes || place.length > 1024) return undefined
  try {
    const bytes = await readFile(file.path)
    const facts = await readPictureFacts(bytes, codec)
    const { own, foreign } = describePicture(facts)
    return {
      hash: hashOf(bytes),
      createdMs: own?.origin?.createdMs ?? file.modifiedMs,
      width: facts.width,
      height: facts.height,
      format: facts.format,
      sizeBytes: bytes.byteLength,
      recipe: own?.recipe ?? null,
      foreign,
      inPlace: { folderId, path: place, modifiedMs: file.modifiedMs },
    }
  } catch {
    return undefined // Counted as unreadable: one broken file never ends an import.
  }
}
