import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import type { CatalogueEntry } from '../../contract/model-records.ts'
import { writeFailure } from '../../files/write-failure.ts'

export interface FetchOptions {
  readonly file: CatalogueEntry['files'][number]
  /** The model's own folder; `file.path` lies inside it. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
}

/**
 * Fetches one file: into `<name>.part`, from where the last try broke off, and under its name only when size and SHA-256
 * are right. A file that is there already is left alone.
 *
 * @throws EngineError 'file-unreadable' when the server fails, 'file-malformed' when the content is another (the part is
 *                     removed then), 'disk-full', 'cancelled'
 */
export const fetchFile = async ({ file, folder, signal, onBytes }: FetchOptions): Promise<void> => {
  const target = join(folder, file.path)
  if ((await sizeOf(target)) === file.sizeBytes) {
    onBytes(file.sizeBytes)
    return
  }
  try {
    await fetchTo(target, { file, signal, onBytes })
  } catch (error) {
    if (signal.aborted) throw new EngineError('cancelled', { where: file.path, found: 'the download was stopped' })
    throw writeFailure(target, error)
  }
}

const fetchTo = async (target: string, { file, signal, onBytes }: Omit<FetchOptions, 'folder'>): Promise<void> => {
  const part = `${target}.part`
  await mkdir(dirname(target), { recursive: true })
  const begun = createHash('sha256')
  const present = await hashPart(part, begun, file.sizeBytes)
  const hash = await download({ file, part, present, hash: begun, signal, onBytes })
  if (hash.digest('hex') !== file.sha256) {
    await rm(part, { force: true })
    throw new EngineError('file-malformed', {
      where: file.path,
      found: 'another content than the catalogue promises',
      remedy: 'Try again; if it happens twice, the server holds another file.',
    })
  }
  await rename(part, target)
}

/** Feeds what is there already into the hash; a part that is too long is of no use. */
const hashPart = async (part: string, hash: Hash, sizeBytes: number): Promise<number> => {
  const present = await sizeOf(part)
  if (present === undefined) return 0
  if (present > sizeBytes) {
    await rm(part)
    return 0
  }
  for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer) // Streams of files give Buffers.
  return present
}

interface Transfer extends Omit<FetchOptions, 'folder'> {
  readonly part: string
  readonly present: number
  readonly hash: Hash
}

/** A server that does not resume sends everything again, and that is taken from the start. */
const download = async ({ file, part, present, hash, signal, onBytes }: Transfer): Promise<Hash> => {
  if (present === file.sizeBytes) return hash
  const response = await request(file.url, present, signal)
  const isResumed = present > 0 && response.status === 206 && startOf(response) === present
  const whole = isResumed ? hash : createHash('sha256')
  const out = await open(part, isResumed ? 'a' : 'w')
  try {
    await pour(response, { out, hash: whole, done: isResumed ? present : 0, total: file.sizeBytes, onBytes })
    await out.sync()
  } finally {
    await out.close()
  }
  return whole
}

const request = async (url: string, present: number, signal: AbortSignal): Promise<Response> => {
  const headers: Record<string, string> = present > 0 ? { range: `bytes=${present}-` } : {}
  const response = await fetch(url, { headers, signal, redirect: 'follow' }).catch((cause: unknown) => {
    throw new EngineError(
      'file-unreadable',
      { where: url, found: 'the server cannot be reached', remedy: 'Check the network; the download goes on where it stopped.' },
      { cause },
    )
  })
  if (url.startsWith('https:') && !response.url.startsWith('https:')) {
    throw new EngineError('refused', { where: url, found: 'a redirect to a connection that is not encrypted' })
  }
  if (response.ok) return response
  throw new EngineError('file-unreadable', { where: url, found: `the server answered ${response.status}` })
}

const startOf = (response: Response): number =>
  Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN)

interface Pour {
  readonly out: FileHandle
  readonly hash: Hash
  readonly done: number
  readonly total: number
  readonly onBytes: (bytes: number) => void
}

const pour = async (response: Response, { out, hash, done: before, total, onBytes }: Pour): Promise<void> => {
  let done = before
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array // A response's body gives byte chunks.
    done += bytes.byteLength
    if (done > total) throw new EngineError('file-malformed', { where: response.url, found: 'more bytes than promised' })
    await out.write(bytes)
    hash.update(bytes)
    onBytes(done)
  }
  if (done < total) {
    throw new EngineError('file-unreadable', { where: response.url, found: `the connection broke after ${done} bytes` })
  }
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
