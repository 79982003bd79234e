import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { watch } from 'chokidar'
import type { FSWatcher } from 'chokidar'
import { EngineError } from '../../contract/failures.ts'
import type { Announce } from '../../contract/events.ts'
import type { FolderLayout, ModelFolder } from '../../contract/model-records.ts'
import type { Library } from '../../library/library.ts'
import { readExtraModelPaths } from './extra-model-paths.ts'
import { guessLayout } from '../../library/guess-layout.ts'
import { scanModels } from './scan-models.ts'
import type { DescribeModel } from './scan-models.ts'

export interface ShelfParts {
  readonly library: Library
  readonly describeModel: DescribeModel
  readonly announce: Announce
  readonly now: () => number
  /** Whether folders are watched for changes; a command that ends at once does without. */
  readonly isWatching: boolean
}

/** How long a folder has to be quiet before it is read again: a copied checkpoint grows for a while. */
const quietMs = 1000

/** The user's model folders: read in place, watched, and never written to. */
export class ModelShelf {
  readonly #parts: ShelfParts
  readonly #watchers = new Map<number, FSWatcher>()
  readonly #timers = new Map<number, NodeJS.Timeout>()
  #scans: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: ShelfParts) {
    this.#parts = parts
  }

  /** Watches what is known already and reads it anew, in the background. */
  start(): void {
    for (const { id, path } of this.#parts.library.models.folders()) this.#watch(id, path)
    void this.rescan()
  }

  async folders(): Promise<ModelFolder[]> {
    const rows = this.#parts.library.models.folders()
    return Promise.all(
      rows.map(async (row) => ({ ...row, isOnline: await stat(row.path).then((facts) => facts.isDirectory(), () => false) })), // prettier-ignore
    )
  }

  /**
   * Adds a folder, or every folder that ComfyUI's `extra_model_paths.yaml` names.
   *
   * @throws EngineError 'bad-argument' for a relative path, 'not-found', 'file-malformed' for a broken yaml file
   */
  async addFolder(path: string, layout: FolderLayout | undefined): Promise<ModelFolder[]> {
    if (!isAbsolute(path)) throw new EngineError('bad-argument', { where: 'model folder', found: 'a relative path' })
    const facts = await stat(path).catch(() => undefined)
    if (facts === undefined) throw new EngineError('not-found', { where: 'model folder', found: 'nothing there', path })
    const paths = facts.isDirectory() ? [path] : readExtraModelPaths(await readFile(path, 'utf8'), path)
    for (const folder of paths) {
      const real = await realpath(folder).catch(() => undefined)
      if (real === undefined || !(await stat(real)).isDirectory()) continue
      this.#parts.library.models.addFolder(real, layout ?? (await guessLayout(real)), this.#parts.now())
    }
    for (const row of this.#parts.library.models.folders()) this.#watch(row.id, row.path)
    await this.rescan()
    return this.folders()
  }

  async removeFolder(id: number): Promise<ModelFolder[]> {
    await this.#watchers.get(id)?.close()
    this.#watchers.delete(id)
    this.#parts.library.models.removeFolder(id)
    this.#parts.announce('models.changed', {})
    return this.folders()
  }

  /** Reads all folders anew, one scan at a time. */
  rescan(): Promise<void> {
    this.#scans = this.#scans.then(async () => {
      for (const { id } of this.#parts.library.models.folders()) await this.#scan(id)
    })
    return this.#scans
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.all([...this.#watchers.values()].map((watcher) => watcher.close()))
    await this.#scans
  }

  async #scan(id: number): Promise<void> {
    const { library, describeModel, announce } = this.#parts
    const folder = library.models.folders().find((candidate) => candidate.id === id)
    if (this.#isClosed || folder === undefined) return
    const { changed, present } = await scanModels(folder.path, library.models.known(id), describeModel)
    if (this.#isClosed) return
    library.models.update(id, changed, present)
    announce('models.changed', {})
  }

  #watch(id: number, path: string): void {
    if (!this.#parts.isWatching || this.#watchers.has(id)) return
    const watcher = watch(path, { ignoreInitial: true, depth: 6, ignorePermissionErrors: true })
    watcher.on('all', () => {
      clearTimeout(this.#timers.get(id))
      this.#timers.set(
        id,
        setTimeout(() => {
          this.#scans = this.#scans.then(() => this.#scan(id))
        }, quietMs),
      )
    })
    watcher.on('error', () => undefined) // A folder that cannot be watched (network, limits) is read at start and on request.
    this.#watchers.set(id, watcher)
  }
}
