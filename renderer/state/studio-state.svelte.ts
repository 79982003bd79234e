import type { CallOutput } from '../../engine/contract/calls.ts'
import { EngineError } from '../../engine/contract/failures.ts'
import type { ShellBridge } from '../../engine/contract/shell-bridge.ts'
import { TilePool } from '../canvas/tile-pool.ts'
import { blobMasks } from '../connection/blob-masks.ts'
import { openPipe } from '../connection/open-pipe.ts'
import { isConnectionLoss, type LinkState, ServiceLink } from '../connection/service-link.ts'
import type { MaskStore } from '../document/stored-document.ts'
import {
  fillMessage,
  isLanguage,
  type Language,
  languages,
  type MessageKey,
  type MessageValues,
} from '../text/messages.ts'
import { describeFailure } from '../text/describe-failure.ts'
import { HeatImages } from '../alignment/heat-image.ts'
import { AlignmentState } from './alignment-state.svelte.ts'
import { FixState } from './fix-state.svelte.ts'
import { CoverageState } from './coverage-state.svelte.ts'
import { DiskState } from './disk-state.svelte.ts'
import { DocumentState } from './document-state.svelte.ts'
import { GalleryState } from './gallery-state.svelte.ts'
import { JobsState } from './jobs-state.svelte.ts'
import { KeptState } from './kept-state.svelte.ts'
import { DevicesState } from './devices-state.svelte.ts'
import { ModelsState } from './models-state.svelte.ts'
import { NoticesState } from './notices-state.svelte.ts'
import { PictureCache } from './picture-cache.svelte.ts'
import { PromptsState } from './prompts-state.svelte.ts'
import { ResultsState } from './results-state.svelte.ts'
import { SettingsState } from './settings-state.svelte.ts'
import { ViewState } from './view-state.svelte.ts'

/** Everything the window knows, in one place; what can be done with it is in the actions and commands. */
export class StudioState {
  readonly bridge: ShellBridge | undefined
  readonly link: ServiceLink
  readonly masks: MaskStore
  readonly pool = new TilePool()
  readonly document: DocumentState
  readonly settings: SettingsState
  readonly jobs: JobsState
  readonly kept: KeptState
  readonly results: ResultsState
  readonly coverage: CoverageState
  readonly prompts: PromptsState
  readonly alignment: AlignmentState
  readonly heatImages = new HeatImages()
  readonly gallery: GalleryState
  readonly disk: DiskState
  readonly models: ModelsState
  readonly devices: DevicesState
  readonly notices = new NoticesState()
  readonly fixes = new FixState()
  readonly pictures = new PictureCache()
  readonly view = new ViewState()
  linkState: LinkState = $state('connecting')
  about: CallOutput<'app.describe'> | null = $state.raw(null)
  isReady = $state(false)
  readonly language: Language = $derived.by(() => {
    const code = this.settings.all['app.language']
    return isLanguage(code) ? code : 'en'
  })

  constructor(bridge: ShellBridge | undefined) {
    this.bridge = bridge
    this.link = new ServiceLink(() => openPipe(bridge))
    this.masks = blobMasks(this.link.ask)
    this.settings = new SettingsState(this.link)
    this.kept = new KeptState(this.settings)
    this.results = new ResultsState(this.kept)
    this.jobs = new JobsState(this.link)
    this.coverage = new CoverageState(this.link)
    this.prompts = new PromptsState(this.link)
    this.alignment = new AlignmentState(this.link)
    this.gallery = new GalleryState(this.link)
    this.disk = new DiskState(this.link)
    this.models = new ModelsState(this.link)
    this.devices = new DevicesState(this.link, ({ name, faults: [fault] }) => {
      this.notices.show(
        'notice.device',
        { device: this.say(`device.${name}`), row: fault?.row ?? '' },
        { tone: 'warn' },
      )
    })
    this.document = new DocumentState({
      ask: this.link.ask,
      masks: this.masks,
      whenOnline: () => this.link.whenOnline(),
      isConnectionLoss,
      onRefused: (error) => {
        this.tell(error)
      },
    })
  }

  get isMac(): boolean {
    return this.bridge === undefined ? navigator.platform.startsWith('Mac') : this.bridge.platform === 'darwin'
  }

  /** A sentence in the user's language. */
  readonly say = (key: MessageKey, values: MessageValues = {}): string =>
    fillMessage(languages[this.language][key], values)

  /** Shows what went wrong; a lost connection is shown elsewhere. */
  readonly tell = (error: unknown): void => {
    if (isConnectionLoss(error)) return
    const failure =
      error instanceof EngineError ? error : new EngineError('unexpected', { where: 'window', found: String(error) })
    const { key, values } = describeFailure(failure, this.language)
    this.notices.show(key, values, { tone: 'bad' })
  }

  /** Runs something that may fail, and says so if it does. */
  async attempt(work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.tell(error)
    }
  }
}
