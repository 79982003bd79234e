import { readFile, stat } from 'node:fs/promises'
import type { Announce } from '../../contract/events.ts'
import type { ImageFormat, ImageSummary } from '../../contract/image-records.ts'
import { hashOf, listShard, listShards, sweepTemporaries } from '../../library/image-files.ts'
import type { NewImage } from '../../library/image-row.ts'
import { imagePath } from '../../library/library-folders.ts'
import type { Library } from '../../library/library.ts'
import { describePicture } from './describe-picture.ts'
import { LoopShare } from './loop-share.ts'
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

export const nothingRecovered: Recovered = { readopted: 0, missing: 0, temporaryRemoved: 0, unreadable: [] }

export interface RecoverOptions {
  /** Temporary files older than this are nobody's any more. */
  readonly startedMs: number
  /** A picture that was found again, or whose file is gone or back: for windows that are open already. */
  readonly announce?: Announce
  /** Ends early; what was found until then stays put right. */
  readonly signal?: AbortSignal
}

/** Rows that say something else about their file than the folders do. */
export interface UntrueMarks {
  /** Rows whose file is gone, and which are not marked yet. */
  readonly gone: readonly number[]
  /** Rows whose mark is no longer true. */
  readonly back: readonly number[]
}

/**
 * Brings files and rows of a library together after whatever happened: a kill between file and row, a restored backup,
 * files removed by hand. Goes shard by shard and leaves others half of the time, in turns of some milliseconds.
 * Meanwhile nobody may write pictures of the library's own or remove them: a file without a row is taken for an orphan.
 *
 * @returns what was put right, and what `markRows` has still to write, for which nobody needs to wait
 */
export const lookThrough = async (
  library: Library,
  codec: PictureCodec,
  options: RecoverOptions,
): Promise<{ readonly recovered: Recovered; readonly marks: UntrueMarks }> => {
  const share = new LoopShare()
  let found = nothingFound
  for (const shard of shardsOf(library)) {
    if (options.signal?.aborted === true) break
    found = sum(found, await recoverShard(library, codec, shard, options))
    await share.rest()
  }
  const { gone, back, ...recovered } = found
  return { recovered, marks: { gone, back } }
}

/** Marks rows whose file is gone, and takes marks away that are no longer true; other work goes before. */
export const markRows = async (
  library: Library,
  { gone, back }: UntrueMarks,
  options: Pick<RecoverOptions, 'announce' | 'signal'>,
): Promise<void> => {
  const share = new LoopShare()
  await mark(library, share, { ids: gone, isMissing: true, ...options })
  await mark(library, share, { ids: back, isMissing: false, ...options })
}

/** Both, one after the other. */
export const recoverLibrary = async (
  library: Library,
  codec: PictureCodec,
  options: RecoverOptions,
): Promise<Recovered> => {
  const { recovered, marks } = await lookThrough(library, codec, options)
  await markRows(library, marks, options)
  return recovered
}

type Found = Recovered & UntrueMarks

const nothingFound: Found = { ...nothingRecovered, gone: [], back: [] }

/** Rows that are written at once: in the order of their ids they lie side by side, some milliseconds' worth. */
const markedAtOnce = 100
/** Marks are in no hurry, and writing holds everybody up while it goes on. */
const markingRests = 4
/** So many changes are told one by one; of more the windows are told to look again. */
const mostTold = 200
const tellAgainMs = 1000

interface Marking extends Pick<RecoverOptions, 'announce' | 'signal'> {
  readonly ids: readonly number[]
  readonly isMissing: boolean
}

const mark = async (
  library: Library,
  share: LoopShare,
  { ids, isMissing, announce, signal }: Marking,
): Promise<void> => {
  const inOrder = ids.toSorted((a, b) => a - b)
  let toldMs = 0
  for (let first = 0; first < inOrder.length && signal?.aborted !== true; first += markedAtOnce) {
    const changed = library.images.setMissing(inOrder.slice(first, first + markedAtOnce), isMissing)
    if (ids.length <= mostTold) {
      for (const image of library.images.summaries(changed)) announce?.('image.changed', image)
    } else if (performance.now() - toldMs >= tellAgainMs || first + markedAtOnce >= inOrder.length) {
      announce?.('images.changed', {})
      toldMs = performance.now()
    }
    await share.rest(markingRests)
  }
}

/** Those of the files and those of the rows: a whole folder may have been lost. */
const shardsOf = (library: Library): string[] => {
  const all = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
  const [present, isKnown] = [new Set(listShards(library.folders)), library.database.prepare(`${inShard} LIMIT 1`)]
  return all.filter((shard) => present.has(shard) || isKnown.get(rangeOf(shard)) !== undefined)
}

const inShard = 'SELECT id, hash, is_missing FROM image WHERE hash >= @from AND hash < @to AND folder_id IS NULL'

/** `g` comes after every hex digit. */
const rangeOf = (shard: string): { from: string; to: string } => ({ from: shard, to: `${shard}g` })

interface ShardRow {
  readonly id: number
  readonly hash: string
  readonly is_missing: 0 | 1
}

const recoverShard = async (
  library: Library,
  codec: PictureCodec,
  shard: string,
  { startedMs, announce }: RecoverOptions,
): Promise<Found> => {
  const rows = library.database.prepare<[object], ShardRow>(inShard).all(rangeOf(shard))
  const { pictures, withTemporaries } = listShard(library.folders, shard)
  const missing = rows.filter(({ hash }) => !pictures.has(hash))
  const gone = missing.filter((row) => row.is_missing === 0).map(({ id }) => id)
  const back = rows.filter(({ hash, is_missing }) => is_missing === 1 && pictures.has(hash)).map(({ id }) => id)
  const temporaryRemoved = await sweepTemporaries(withTemporaries, new Date(startedMs))
  const known = new Set(rows.map(({ hash }) => hash))
  const unreadable: string[] = []
  let readopted = 0
  for (const [hash, format] of pictures) {
    if (known.has(hash)) continue
    const image = await readopt(library, codec, hash, format)
    if (image === undefined) unreadable.push(hash)
    else readopted++
    if (image !== undefined) announce?.('image.added', image)
  }
  return { readopted, missing: missing.length, temporaryRemoved, unreadable, gone, back }
}

const sum = (a: Found, b: Found): Found => ({
  readopted: a.readopted + b.readopted,
  missing: a.missing + b.missing,
  temporaryRemoved: a.temporaryRemoved + b.temporaryRemoved,
  unreadable: [...a.unreadable, ...b.unreadable],
  gone: [...a.gone, ...b.gone],
  back: [...a.back, ...b.back],
})

const readopt = async (
  library: Library,
  codec: PictureCodec,
  hash: string,
  format: ImageFormat,
): Promise<ImageSummary | undefined> => {
  const path = imagePath(library.folders, hash, format)
  const bytes = await readFile(path)
  if (hashOf(bytes) !== hash) return undefined
  const facts = await readPictureFacts(bytes, codec).catch(() => undefined)
  if (facts === undefined) return undefined
  const { own, foreign } = describePicture(facts)
  const createdMs = own?.origin?.createdMs ?? Math.round((await stat(path)).mtimeMs)
  const made = placeOf(library, own?.origin)
  const { image } = library.images.add({
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
  return image
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
