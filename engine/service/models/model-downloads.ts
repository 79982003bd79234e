import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import { toFailure } from '../../contract/failure-record.ts'
import type { Announce } from '../../contract/events.ts'
import type { CatalogueEntry, Catalogues, Download } from '../../contract/model-records.ts'
import type { Library } from '../../library/library.ts'
import { fetchFile } from './fetch-file.ts'
import { readCatalogues } from './read-catalogues.ts'

export interface DownloadParts {
  readonly library: Library
  /** `models/catalogue.json`. */
  readonly cataloguePath: string
  readonly announce: Announce
  /** Called when a model is whole; the download is under way until it resolves. */
  readonly onDone: (folder: string) => Promise<void>
}

/** Downloads of models that a catalogue names: resumed after any break, checked by SHA-256, and never while offline. */
export class ModelDownloads {
  readonly #parts: DownloadParts
  readonly #downloads = new Map<string, Download>()
  readonly #running = new Map<string, { readonly controller: AbortController; readonly end: Promise<void> }>()

  constructor(parts: DownloadParts) {
    this.#parts = parts
  }

  catalogues(): Promise<Catalogues> {
    return readCatalogues(this.#parts.cataloguePath, this.#parts.library.folders.catalogues)
  }

  /** What runs or ran since the start, and what earlier ones left: a model that is there, or a part that can go on. */
  async list(): Promise<Download[]> {
    const { models } = await this.catalogues()
    const earlier = models.filter(({ id }) => !this.#downloads.has(id)).map((entry) => this.#leftBehind(entry))
    return [...this.#downloads.values(), ...(await Promise.all(earlier)).filter((download) => download !== undefined)]
  }

  /**
   * @throws EngineError 'refused' while offline, 'not-found' for an entry that no catalogue has, 'disk-full' when there is
   *                     no room for it
   */
  async start(id: string): Promise<Download> {
    this.#assertOnline()
    const { models } = await this.catalogues()
    const entry = models.find((candidate) => candidate.id === id)
    if (entry === undefined) throw new EngineError('not-found', { where: 'catalogue', found: `no model ${id}` })
    if (!this.#running.has(id)) {
      const doneBytes = (await this.#leftBehind(entry))?.doneBytes ?? 0
      await this.#assertRoom(entry, sizeOf(entry) - doneBytes)
      const controller = new AbortController()
      this.#tell({ entryId: id, state: 'running', doneBytes, totalBytes: sizeOf(entry), failure: null })
      const end = this.#run(entry, controller.signal).finally(() => this.#running.delete(id))
      this.#running.set(id, { controller, end })
    }
    return this.#get(id)
  }

  /** Stops a download; what is there stays and is taken up again by `start`. */
  async pause(id: string): Promise<Download> {
    const running = this.#running.get(id)
    running?.controller.abort()
    await running?.end
    return this.#get(id)
  }

  async close(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort()
    await Promise.all([...this.#running.values()].map(({ end }) => end))
  }

  async #run(entry: CatalogueEntry, signal: AbortSignal): Promise<void> {
    const folder = this.#folderOf(entry)
    const base = { entryId: entry.id, totalBytes: sizeOf(entry), failure: null }
    let before = 0
    try {
      for (const file of entry.files) {
        this.#assertOnline()
        await fetchFile({ file, folder, signal, onBytes: (bytes) => { this.#tell({ ...base, state: 'running', doneBytes: before + bytes }) } }) // prettier-ignore
        before += file.sizeBytes
      }
      this.#tell({ ...base, state: 'done', doneBytes: base.totalBytes })
      await this.#parts.onDone(folder)
    } catch (error) {
      const { doneBytes } = this.#get(entry.id)
      const failure = toFailure(error, `download of ${entry.id}`)
      this.#tell(signal.aborted ? { ...base, state: 'paused', doneBytes } : { ...base, state: 'failed', doneBytes, failure }) // prettier-ignore
    }
  }

  #folderOf({ id }: CatalogueEntry): string {
    return join(this.#parts.library.folders.models, id)
  }

  async #leftBehind(entry: CatalogueEntry): Promise<Download | undefined> {
    const sizes = entry.files.map(async ({ path, sizeBytes }) => {
      const target = join(this.#folderOf(entry), path)
      const whole = await sizeOnDisk(target)
      return whole === sizeBytes ? sizeBytes : Math.min(sizeBytes, await sizeOnDisk(`${target}.part`))
    })
    const doneBytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    if (doneBytes === 0) return undefined
    const isWhole = doneBytes === sizeOf(entry) && (await this.#isWhole(entry))
    return { entryId: entry.id, state: isWhole ? 'done' : 'paused', doneBytes, totalBytes: sizeOf(entry), failure: null }
  }

  async #isWhole(entry: CatalogueEntry): Promise<boolean> {
    const sizes = await Promise.all(entry.files.map(({ path }) => sizeOnDisk(join(this.#folderOf(entry), path))))
    return sizes.every((size, index) => size === entry.files[index]?.sizeBytes)
  }

  #get(id: string): Download {
    const download = this.#downloads.get(id)
    if (download === undefined) throw new EngineError('not-found', { where: 'downloads', found: `no download ${id}` })
    return download
  }

  #tell(download: Download): void {
    this.#downloads.set(download.entryId, download)
    this.#parts.announce('download.changed', download)
  }

  async #assertRoom({ id }: CatalogueEntry, neededBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#parts.library.folders.models)
    const freeBytes = bavail * bsize
    if (neededBytes <= freeBytes) return
    throw new EngineError('disk-full', {
      where: `download of ${id}`,
      found: `${gigabytes(freeBytes)} GB free`,
      expected: `${gigabytes(neededBytes)} GB`,
      remedy: 'Free some space and try again.',
      ...{ neededBytes, freeBytes },
    })
  }

  #assertOnline(): void {
    if (!this.#parts.library.settings.all()['app.offline']) return
    throw new EngineError('refused', {
      where: 'downloads',
      found: 'the offline switch is on',
      remedy: 'Turn it off in Settings to download models.',
    })
  }
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)

const sizeOf = ({ files }: CatalogueEntry): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

const sizeOnDisk = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )
