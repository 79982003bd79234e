import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { ProcessState } from '../contract/calls/app-calls.ts'
import { ContractServer } from '../contract/contract-server.ts'
import type { DeviceChoice } from '../contract/device-records.ts'
import type { Announce } from '../contract/events.ts'
import { EngineError } from '../contract/failures.ts'
import type { Pipe } from '../contract/pipe.ts'
import { asLibraryFailure } from '../library/library-failure.ts'
import { Library } from '../library/library.ts'
import type { ChildTransport } from '../process/messages.ts'
import { ProcessLink } from '../process/process-link.ts'
import type { LinkState } from '../process/process-link.ts'
import { promptCalls } from '../worker/protocol/prompt-calls.ts'
import { workerCalls } from '../worker/protocol.ts'
import type { WorkerCalls } from '../worker/protocol.ts'
import { AlignmentDesk } from './alignment/alignment-desk.ts'
import { filesOfPicture } from './alignment/files-of-picture.ts'
import { DeviceWatch } from './devices/device-watch.ts'
import { alignmentHandlers } from './handlers/alignment-handlers.ts'
import { appHandlers } from './handlers/app-handlers.ts'
import { deviceHandlers } from './handlers/device-handlers.ts'
import { documentHandlers } from './handlers/document-handlers.ts'
import { imageHandlers } from './handlers/image-handlers.ts'
import { jobHandlers } from './handlers/job-handlers.ts'
import { promptHandlers } from './handlers/prompt-handlers.ts'
import { ModelDownloads } from './models/model-downloads.ts'
import { ModelShelf } from './models/model-shelf.ts'
import type { DescribeModel } from './models/scan-models.ts'
import type { PictureCodec } from './pictures/picture-codec.ts'
import { readMask, readPixels, sizeOfPicture } from './pictures/read-pixels.ts'
import { lookThrough, markRows, nothingRecovered } from './pictures/recover-library.ts'
import type { Recovered, RecoverOptions, UntrueMarks } from './pictures/recover-library.ts'
import { modelPlaces, resolveLora, resolveModel, resolveVae } from './resolve-model.ts'
import { JobQueue } from './queue/job-queue.ts'
import type { ServiceParts } from './service-parts.ts'
import { translateErrors } from './translate-errors.ts'
import { workerMaker } from './worker-maker.ts'

export interface ServiceOptions {
  readonly root: string
  readonly migrationsFolder: string
  readonly appVersion: string
  readonly bundledModelPath: string
  readonly cataloguePath: string
  readonly forkWorker: () => ChildTransport
  /** The process that counts tokens while the worker draws; another worker unless given. */
  readonly forkPrompts?: () => ChildTransport
  /** The process that checks devices; another worker unless given. */
  readonly forkDevices?: () => ChildTransport
  readonly openCodec: (onState: (state: LinkState) => void) => PictureCodec & { readonly close: () => Promise<void> }
  readonly describeModel: DescribeModel
  readonly isWatching?: boolean
  /** Errors that are no EngineErrors: defects of ours, for the log. */
  readonly onDefect: (error: unknown, where: string) => void
}

interface MadeService {
  readonly recovered: Promise<Recovered>
  readonly contract: ContractServer
  readonly onDefect: ServiceOptions['onDefect']
  readonly close: () => Promise<void>
}

/** Everything behind the window: one library, its queue, the processes, and the contract for any number of windows. */
export class StudioService {
  readonly library: Library
  /** What start-up found; windows are served before it is known. */
  readonly recovered: Promise<Recovered>
  readonly codec: PictureCodec
  readonly queue: JobQueue
  readonly contract: ContractServer
  /** Errors that are no EngineErrors: defects of ours, for the log. */
  readonly onDefect: ServiceOptions['onDefect']
  readonly #close: () => Promise<void>

  private constructor(parts: ServiceParts, made: MadeService) {
    this.library = parts.library
    this.codec = parts.codec
    this.queue = parts.queue
    this.recovered = made.recovered
    this.contract = made.contract
    this.onDefect = made.onDefect
    this.#close = made.close
  }

  /**
   * Opens the library and serves it; meanwhile what a crash left is put right, and then the queue taken up. Processes start
   * when they are needed.
   *
   * @throws EngineError as `Library.open`
   */
  static async open(options: ServiceOptions): Promise<StudioService> {
    const now = Date.now
    const startedMs = now()
    const { root, migrationsFolder } = options
    const library = await Library.open({ root, migrationsFolder, nowMs: startedMs })
    const audience: { contract?: ContractServer } = {}
    const announce: Announce = (name, payload) => {
      audience.contract?.announce(name, payload)
      if (name === 'queue.changed') devices.jobDone()
    }
    const states = new Map<ProcessState['name'], ProcessState>()
    const note = (name: ProcessState['name']) => (state: LinkState) => {
      states.set(name, toProcessState(name, state))
      announce('process.changed', toProcessState(name, state))
    }
    const codec = options.openCodec(note('media'))
    const { link, maker } = makeWorker(options, library, codec, note('worker'))
    const queue = new JobQueue({ library, codec, announce, now, maker, drawSeed })
    const devices = makeWatch(options, { library, queue, announce })
    const alignment = makeDesk(options, { library, codec, announce, now }, link)
    const { prompts, readPrompts } = makePromptReader(options, library)
    queue.open()
    const closing = new AbortController()
    const recovery = takeUp({ library, codec, queue, announce, startedMs, signal: closing.signal, onDefect: options.onDefect }) // prettier-ignore
    const whenRecovered = recovery.looked
    const parts: ServiceParts = { library, queue, maker, codec, alignment, readPrompts, announce, now, whenRecovered }
    const { describeModel, isWatching = true } = options
    const shelf = new ModelShelf({ library, describeModel, announce, now, isWatching })
    const onDone = async (): Promise<void> => {
      await shelf.addFolder(library.folders.models, 'own')
    }
    const downloads = new ModelDownloads({ library, announce, cataloguePath: options.cataloguePath, onDone })
    const { appVersion, onDefect } = options
    const recovered = recovery.result
    const app = { ...parts, appVersion, processes: () => [...states.values()], recovered, shelf, downloads }
    const handlers = translateErrors({
      ...alignmentHandlers(parts),
      ...appHandlers(app),
      ...deviceHandlers(devices),
      ...documentHandlers(parts),
      ...imageHandlers(parts),
      ...jobHandlers(parts),
      ...promptHandlers(parts),
    })
    const contract = new ContractServer({ handlers, appVersion, onDefect })
    audience.contract = contract
    shelf.start()
    const close = async (): Promise<void> => {
      closing.abort()
      await recovery.end
      await Promise.all([queue.close(), alignment.close(), downloads.close(), devices.close()])
      await Promise.all([shelf.close(), link.close(), prompts.close(), codec.close()])
      library.close()
    }
    return new StudioService(parts, { recovered: recovery.end, contract, onDefect, close })
  }

  /** Serves one more window. */
  attach(pipe: Pipe): void {
    this.contract.attach(pipe)
  }

  /** Stops what runs (it goes on at the next start), ends the processes and closes the library. */
  close(): Promise<void> {
    return this.#close()
  }
}

interface Recovery {
  /** From here on pictures may be written: everything was looked through. */
  readonly looked: Promise<unknown>
  /** When rows are marked, too. */
  readonly end: Promise<Recovered>
  readonly result: () => Recovered | undefined
}

interface RecoveryParts extends Required<RecoverOptions>, Pick<ServiceOptions, 'onDefect'> {
  readonly library: Library
  readonly codec: PictureCodec
  readonly queue: JobQueue
}

/**
 * Looks through the folders while windows are served already, then starts the queue: it makes no picture a second time.
 * Rows whose file is gone are marked after that.
 */
const takeUp = ({ library, codec, queue, onDefect, ...options }: RecoveryParts): Recovery => {
  let result: Recovered | undefined
  const guard = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (asLibraryFailure(error) instanceof EngineError) queue.hold(error)
      else onDefect(error, 'recovery')
    }
  }
  let marks: UntrueMarks = { gone: [], back: [] }
  const look = async (): Promise<void> => {
    // Whoever connects first is answered first.
    await setImmediate()
    await guard(async () => {
      const found = await lookThrough(library, codec, options)
      marks = found.marks
      result = found.recovered
      if (!options.signal.aborted) queue.start()
    })
    result ??= nothingRecovered
  }
  const looked = look()
  const end = async (): Promise<Recovered> => {
    await looked
    await guard(() => markRows(library, marks, options))
    return result ?? nothingRecovered
  }
  return { looked, end: end(), result: () => result }
}

const makeWorker = (
  { forkWorker, bundledModelPath }: ServiceOptions,
  library: Library,
  codec: PictureCodec,
  onState: (state: LinkState) => void,
): { link: ProcessLink<WorkerCalls>; maker: ServiceParts['maker'] } => {
  const link = new ProcessLink({ name: 'worker', calls: workerCalls, fork: forkWorker, maxOpen: 1, onState })
  const maker = workerMaker({
    link,
    resolveModel: (model) => resolveModel(library, bundledModelPath, model),
    resolveLora: (id) => resolveLora(library, id),
    resolveVae: (id) => resolveVae(library, id),
    modelPlaces: () => modelPlaces(library),
    readPixels: (id) => readPixels(library, codec, id),
    sizeOf: (id) => sizeOfPicture(library, id),
    readMask: (hash) => readMask(library, codec, hash),
    wildcards: () => library.wildcards.entries(),
    memoryBytes: () => memoryLimit(library),
    device: () => deviceChoice(library),
  })
  return { link, maker }
}

/** What the user lets the worker hold, in bytes; undefined for as much as is free. */
const memoryLimit = (library: Library): number | undefined => library.settings.all()['memory.budgetBytes'] ?? undefined

/** What the user wants networks to run on. */
const deviceChoice = (library: Library): DeviceChoice => library.settings.all()['engine.device']

const makeDesk = (
  { bundledModelPath }: ServiceOptions,
  parts: Pick<ServiceParts, 'library' | 'codec' | 'announce' | 'now'>,
  link: ProcessLink<WorkerCalls>,
): AlignmentDesk =>
  new AlignmentDesk({
    ...parts,
    measure: (asked, run) => {
      const { measurements } = modelPlaces(parts.library)
      const machine = { memoryBytes: memoryLimit(parts.library), device: deviceChoice(parts.library) }
      return link.call('align', { ...asked, measurementsFolder: measurements, ...machine }, run)
    },
    filesOf: (picture) => filesOfPicture(parts.library, bundledModelPath, picture),
  })

const makeWatch = (
  { bundledModelPath, forkWorker, forkDevices = forkWorker, onDefect }: ServiceOptions,
  { library, queue, announce }: Pick<ServiceParts, 'library' | 'queue' | 'announce'>,
): DeviceWatch =>
  new DeviceWatch({
    fork: forkDevices,
    modelPath: bundledModelPath,
    choice: () => deviceChoice(library),
    // Before the first picture nobody may wait for anything, and nothing is to be gained.
    isIdle: () => queue.state().runningJobId === null && library.jobs.list(['done'], 1).length > 0,
    announce,
    onDefect,
  })

const makePromptReader = (
  { bundledModelPath, forkWorker, forkPrompts = forkWorker }: ServiceOptions,
  library: Library,
): { prompts: ProcessLink<typeof promptCalls>; readPrompts: ServiceParts['readPrompts'] } => {
  const prompts = new ProcessLink({ name: 'prompts', calls: promptCalls, fork: forkPrompts })
  return {
    prompts,
    readPrompts: async (model, texts) => {
      const { path } = await resolveModel(library, bundledModelPath, model)
      return prompts.call('readPrompts', { modelPath: path, prompts: [...texts] })
    },
  }
}

const drawSeed = (): string => randomBytes(8).readBigUInt64BE().toString()

const toProcessState = (name: ProcessState['name'], state: LinkState): ProcessState => ({
  name,
  state: state.kind,
  cause: 'cause' in state ? state.cause.message : null,
})
