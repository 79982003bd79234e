import type {
  CatalogueEntry,
  Catalogues,
  Download,
  ModelFolder,
  ModelRow,
} from '../../engine/contract/model-records.ts'
import type { PredictionKind } from '../../engine/contract/records.ts'
import type { ServiceLink } from '../connection/service-link.ts'

/** The files that can be drawn with, the folders they lie in, and what can be fetched. */
export class ModelsState {
  readonly #link: ServiceLink
  all: readonly ModelRow[] = $state.raw([])
  folders: readonly ModelFolder[] = $state.raw([])
  catalogue: Catalogues = $state.raw({ models: [], faults: [] })
  downloads: readonly Download[] = $state.raw([])
  readonly usable = $derived(
    this.all.filter(
      ({ isUsable, kind, isMissing }) => isUsable && !isMissing && (kind === 'checkpoint' || kind === 'diffusers'),
    ),
  )
  /** Whether one fits only the model can say: the bundled one has VAEs of its own kind. */
  readonly vaes = $derived(this.all.filter(({ kind, isMissing }) => !isMissing && kind === 'vae'))

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('models.changed', () => void this.load().catch(() => undefined))
    link.on('download.changed', (download) => {
      this.downloads = [...this.downloads.filter(({ entryId }) => entryId !== download.entryId), download]
    })
  }

  async load(): Promise<void> {
    const ask = this.#link.ask
    const [all, folders, catalogue, downloads] = await Promise.all([
      ask('models.list', {}),
      ask('models.folders', {}),
      ask('catalogue.list', {}),
      ask('catalogue.downloads', {}),
    ])
    this.all = all
    this.folders = folders
    this.catalogue = catalogue
    this.downloads = downloads
  }

  find(id: string | null): ModelRow | undefined {
    return this.all.find((model) => String(model.id) === id)
  }

  async addFolder(path: string): Promise<void> {
    this.folders = await this.#link.ask('models.addFolder', { path })
    this.all = await this.#link.ask('models.list', {})
  }

  async removeFolder(id: number): Promise<void> {
    this.folders = await this.#link.ask('models.removeFolder', { id })
    this.all = await this.#link.ask('models.list', {})
  }

  /** Keeps what a model's network predicts; null: what its files say. */
  async choosePrediction(id: number, prediction: PredictionKind | null): Promise<void> {
    const changed = await this.#link.ask('models.choosePrediction', { id, prediction })
    this.all = this.all.map((model) => (model.id === id ? changed : model))
  }

  async download(entry: CatalogueEntry): Promise<void> {
    await this.#link.ask('catalogue.download', { id: entry.id, acceptsLicence: true })
  }

  async pause(id: string): Promise<void> {
    await this.#link.ask('catalogue.pause', { id })
  }
}
