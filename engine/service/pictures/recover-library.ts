import { readFile, stat } from 'node:fs/promises'
import type { ImageFormat } from '../../contract/image-records.ts'
import { hashOf, listImageFiles, sweepTemporaries } from '../../library/image-files.ts'
import type { NewImage } from '../../library/image-row.ts'
import { imagePath } from '../../library/library-folders.ts'
import type { Library } from '../../library/library.ts'
import { describePicture } from './describe-picture.ts'
import type { PictureCodec } from './picture-codec.ts'
import { readPictureFacts } from './read-facts.ts'

/** What start-up found and put right. Nothing but unfinished temporary files is ever removed. */
export interface Recovered {
  /** Finished pictures whose row was lost, found again by what is written in them. */
  readonly readopted: number
  /** Rows whose file is gone; they stay, marked. */
  readonly missing: number
  readonly temporaryRemoved: number
  /** Files that are not what their name says; left as they are. */
  readonly unreadable: readonly string[]
}

/**
 * Brings files and rows of a library together after whatever happened: a kill between file and row, a restored backup,
 * files removed by hand.
 *
 * @param startedMs  temporary files older than this are nobody's any more
 */
export const recoverLibrary = async (library: Library, codec: PictureCodec, startedMs: number): Promise<Recovered> => {
  const { pictures: files, withTemporaries } = listImageFiles(library.folders)
  const temporaryRemoved = await sweepTemporaries(withTemporaries, new Date(startedMs))
  const rows = library.database
    .prepare<[], { id: number; hash: string }>('SELECT id, hash FROM image WHERE folder_id IS NULL')
    .all()
  const known = new Set(rows.map(({ hash }) => hash))
  const missing = new Set(rows.filter(({ hash }) => !files.has(hash)).map(({ id }) => id))
  library.images.setMissing([...missing], true)
  const foundAgain = markedIds(library).filter((id) => !missing.has(id))
  library.images.setMissing(foundAgain, false)
  const orphans = [...files].filter(([hash]) => !known.has(hash))
  const unreadable: string[] = []
  let readopted = 0
  for (const [hash, format] of orphans) {
    if (await isReadopted(library, codec, hash, format)) readopted++
    else unreadable.push(hash)
  }
  return { readopted, missing: missing.size, temporaryRemoved, unreadable }
}

const markedIds = (library: Library): number[] =>
  library.database
    .prepare<[], { id: number }>('SELECT id FROM image WHERE is_missing = 1 AND folder_id IS NULL')
    .all()
    .map(({ id }) => id)

const isReadopted = async (
  library: Library,
  codec: PictureCodec,
  hash: string,
  format: ImageFormat,
): Promise<boolean> => {
  const path = imagePath(library.folders, hash, format)
  const bytes = await readFile(path)
  if (hashOf(bytes) !== hash) return false
  const facts = await readPictureFacts(bytes, codec).catch(() => undefined)
  if (facts === undefined) return false
  const { own, foreign } = describePicture(facts)
  const createdMs = own?.origin?.createdMs ?? Math.round((await stat(path)).mtimeMs)
  const made = placeOf(library, own?.origin)
  library.images.add({
    hash,
    createdMs,
    width: facts.width,
    height: facts.height,
    format,
    sizeBytes: bytes.byteLength,
    recipe: own?.recipe ?? null,
    coverage: own?.coverage,
    foreign,
    ...(made === undefined ? {} : { made }),
  })
  return true
}

/** Its place in the job that made it, so that the job does not make it a second time. */
const placeOf = (
  library: Library,
  origin: { library: string; jobId: number; picture: number } | undefined,
): NewImage['made'] => {
  if (origin === undefined || origin.library !== library.uuid) return undefined
  const { jobId, picture } = origin
  const job = library.database.prepare('SELECT 1 FROM job WHERE id = ?').get(jobId)
  if (job === undefined || library.jobs.finishedPictures(jobId).has(picture)) return undefined
  return { jobId, picture }
}
