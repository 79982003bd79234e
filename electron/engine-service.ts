import type { MessagePortMain, UtilityProcess } from 'electron'
import type {
  ForkedName,
  ServiceToShell,
  ShellPicture,
  ShellPictureVariant,
  ShellToForked,
  ShellToService,
} from '../engine/contract/shell-messages.ts'
import { followOutput } from './follow-output.ts'

/** The part of Electron that starting and joining processes needs. */
export interface ProcessParts {
  readonly fork: (file: string, args: readonly string[], name: string) => UtilityProcess
  readonly makeChannel: () => { readonly port1: MessagePortMain; readonly port2: MessagePortMain }
}

/** Files of the bundles. */
export type EngineFiles = Readonly<Record<'service' | ForkedName, string>>

export interface EngineOptions {
  readonly parts: ProcessParts
  readonly files: EngineFiles
  /** The library's folder; the service knows the usual one. */
  readonly library?: string | undefined
  /** The service ended again and again before it was ready. */
  readonly onTrouble: (lastWords: string) => void
}

const firstWaitMs = 250
const longestWaitMs = 8000
const deathsUntilTrouble = 3
/** How long a service may take to stop in good order. */
const closeMs = 5000

type Answer = ShellPicture | readonly string[] | null

/** The service process and those it asks for; started again when it dies. */
export class EngineService {
  readonly #options: EngineOptions
  readonly #children = new Map<number, UtilityProcess>()
  readonly #asked = new Map<number, (answer: Answer) => void>()
  #service: UtilityProcess | null = null
  #deaths = 0
  #lastRequest = 0
  #onEnded: (() => void) | null = null

  constructor(options: EngineOptions) {
    this.#options = options
  }

  start(): void {
    const { parts, files, library } = this.#options
    const service = parts.fork(files.service, library === undefined ? [] : ['--library', library], 'Attune service')
    const lastWords = followOutput(service)
    this.#service = service
    service.on('message', (message: ServiceToShell) => {
      this.#receive(message)
    })
    service.on('exit', () => {
      this.#lost(lastWords())
    })
  }

  /** Lets the service stop in good order, then ends whatever is left. */
  async end(): Promise<void> {
    if (this.#service !== null) {
      const ended = new Promise<void>((resolve) => {
        this.#onEnded = resolve
      })
      const tooLong = setTimeout(() => this.#service?.kill(), closeMs)
      this.#tell({ kind: 'close' })
      await ended
      clearTimeout(tooLong)
    }
    this.#onEnded ??= () => undefined
    for (const child of this.#children.values()) child.kill()
  }

  /** A port on which the contract is spoken with a window; closed at once while there is no service. */
  openWindow(): MessagePortMain {
    const { port1, port2 } = this.#options.parts.makeChannel()
    if (this.#service === null) port1.close()
    else this.#tell({ kind: 'window' }, port1)
    return port2
  }

  readonly readPicture = async (id: number, variant: ShellPictureVariant): Promise<ShellPicture | null> => {
    const answer = await this.#ask((request) => ({ kind: 'read-picture', request, id, variant }))
    return answer !== null && 'bytes' in answer ? answer : null
  }

  /** Files of pictures, for showing them in their folder and dragging them out. Paths never reach the page. */
  async locatePictures(ids: readonly number[]): Promise<readonly string[]> {
    const answer = await this.#ask((request) => ({ kind: 'locate-pictures', request, ids }))
    return answer !== null && !('bytes' in answer) ? answer : []
  }

  #ask(make: (request: number) => ShellToService): Promise<Answer> {
    const request = ++this.#lastRequest
    if (this.#service === null) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#asked.set(request, resolve)
      this.#tell(make(request))
    })
  }

  #tell(message: ShellToService, ...ports: readonly MessagePortMain[]): void {
    this.#service?.postMessage(message, [...ports])
  }

  #receive(message: ServiceToShell): void {
    switch (message.kind) {
      case 'ready':
        this.#deaths = 0
        return
      case 'fork':
        this.#fork(message.process, message.name, message.args)
        return
      case 'kill':
        this.#children.get(message.process)?.kill()
        return
      case 'picture':
        this.#answer(message.request, message.picture)
        return
      case 'located':
        this.#answer(message.request, message.paths)
    }
  }

  #answer(request: number, answer: Answer): void {
    this.#asked.get(request)?.(answer)
    this.#asked.delete(request)
  }

  #fork(process: number, name: ForkedName, args: readonly string[]): void {
    const { parts, files } = this.#options
    const child = parts.fork(files[name], args, `Attune ${name}`)
    const lastWords = followOutput(child)
    const { port1, port2 } = parts.makeChannel()
    this.#children.set(process, child)
    child.postMessage({ kind: 'parent' } satisfies ShellToForked, [port1])
    this.#tell({ kind: 'child', process }, port2)
    child.on('exit', (code) => {
      this.#children.delete(process)
      this.#tell({ kind: 'exit', process, code, lastWords: lastWords() })
    })
  }

  #lost(lastWords: string): void {
    this.#service = null
    for (const answer of this.#asked.values()) answer(null)
    this.#asked.clear()
    for (const child of this.#children.values()) child.kill()
    this.#children.clear()
    if (this.#onEnded !== null) {
      this.#onEnded()
      return
    }
    this.#deaths++
    if (this.#deaths === deathsUntilTrouble) this.#options.onTrouble(lastWords)
    setTimeout(
      () => {
        if (this.#onEnded === null) this.start()
      },
      Math.min(longestWaitMs, firstWaitMs * 2 ** (this.#deaths - 1)),
    )
  }
}
