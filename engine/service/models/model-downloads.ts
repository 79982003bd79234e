import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import { toFailure } from '../../contract/failure-record.ts'
import type { Announce } from '../../contract/events.ts'
import { catalogueSchema } from '../../contract/model-records.ts'
import type { CatalogueEntry, Download } from '../../contract/model-records.ts'
import type { Library } from '../../library/library.ts'
import { fetchFile } from './fetch-file.ts'

export interface DownloadParts {
  readonly library: Library
  /** `models/catalogue.json`. */
  readonly cataloguePath: string
  readonly announce: Announce
  /** Called when a model is whole. */
  readonly onDone: (folder: string) => void
}

/** Downloads of models that the catalogue names: resumed after any break, checked by SHA-256, and never while offline. */
export class ModelDownloads {
  readonly #parts: DownloadParts
  readonly #downloads = new Map<string, Download>()
  readonly #running = new Map<string, { readonly controller: AbortController; readonly end: Promise<void> }>()

  constructor(parts: DownloadParts) {
    this.#parts = parts
  }

  /** @throws EngineError 'file-malformed' when the shipped catalogue is damaged */
  async catalogue(): Promise<CatalogueEntry[]> {
    const text = await readFile(this.#parts.cataloguePath, 'utf8').catch(() => undefined)
    if (text === undefined) return []
    try {
      return catalogueSchema.parse(JSON.parse(text)).models
    } catch (cause) {
      throw new EngineError('file-malformed', { where: 'models/catalogue.json', found: 'not a catalogue' }, { cause })
    }
  }

  list(): Download[] {
    return [...this.#downloads.values()]
  }

  /** @throws EngineError 'refused' while offline, 'not-found' for an entry that the catalogue does not have */
  async start(id: string): Promise<Download> {
    this.#assertOnline()
    const entry = (await this.catalogue()).find((candidate) => candidate.id === id)
    if (entry === undefined) throw new EngineError('not-found', { where: 'catalogue', found: `no model ${id}` })
    if (!this.#running.has(id)) {
      const controller = new AbortController()
      const totalBytes = entry.files.reduce((sum, file) => sum + file.sizeBytes, 0)
      this.#tell({ entryId: id, state: 'running', doneBytes: 0, totalBytes })
      const end = this.#run(entry, totalBytes, controller.signal).finally(() => this.#running.delete(id))
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

  /** Resolves when nothing is being fetched. */
  async idle(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ end }) => end))
  }

  async close(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort()
    await this.idle()
  }

  async #run(entry: CatalogueEntry, totalBytes: number, signal: AbortSignal): Promise<void> {
    const folder = join(this.#parts.library.folders.models, entry.id)
    let before = 0
    const tell = (state: Download['state'], doneBytes: number): void => {
      this.#tell({ entryId: entry.id, state, doneBytes, totalBytes })
    }
    try {
      for (const file of entry.files) {
        this.#assertOnline()
        await fetchFile({ file, folder, signal, onBytes: (bytes) => { tell('running', before + bytes) } }) // prettier-ignore
        before += file.sizeBytes
      }
      tell('done', totalBytes)
      this.#parts.onDone(folder)
    } catch (error) {
      const { doneBytes } = this.#get(entry.id)
      const isPaused = signal.aborted
      this.#failures.set(entry.id, toFailure(error, `download of ${entry.id}`))
      tell(isPaused ? 'paused' : 'failed', doneBytes)
    }
  }

  readonly #failures = new Map<string, ReturnType<typeof toFailure>>()

  /** Why a download failed; undefined when it did not. */
  failure(id: string): ReturnType<typeof toFailure> | undefined {
    return this.#failures.get(id)
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

  #assertOnline(): void {
    if (!this.#parts.library.settings.all()['app.offline']) return
    throw new EngineError('refused', {
      where: 'downloads',
      found: 'the offline switch is on',
      remedy: 'Turn it off in Settings to download models.',
    })
  }
}
