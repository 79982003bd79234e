import type { MessagePortMain, UtilityProcess } from 'electron'
import type { PictureBytes } from './studio-protocol.ts'

/** The part of Electron that starting and joining processes needs. */
export interface ProcessParts {
  readonly fork: (file: string, args: readonly string[], name: string) => UtilityProcess
  readonly makeChannel: () => { readonly port1: MessagePortMain; readonly port2: MessagePortMain }
}

/** Files of the three bundles. */
export interface EngineFiles {
  readonly service: string
  readonly worker: string
  readonly media: string
}

/** To the service. Ports travel beside the message. */
export type ToService =
  | { readonly kind: 'window' }
  | { readonly kind: 'child'; readonly process: number }
  | { readonly kind: 'exit'; readonly process: number; readonly code: number }
  | { readonly kind: 'read-picture'; readonly request: number; readonly id: number; readonly isThumbnail: boolean }
  | { readonly kind: 'locate-pictures'; readonly request: number; readonly ids: readonly number[] }

/** From the service: only the shell can fork processes beside the window. */
export type FromService =
  | {
      readonly kind: 'fork'
      readonly process: number
      readonly name: 'worker' | 'media'
      readonly args: readonly string[]
    }
  | { readonly kind: 'kill'; readonly process: number }
  | { readonly kind: 'picture'; readonly request: number; readonly picture: PictureBytes | null }
  | { readonly kind: 'located'; readonly request: number; readonly paths: readonly string[] }

const firstWaitMs = 250
const longestWaitMs = 8000

/** The service process and those it asks for; started again when it dies. */
export class EngineService {
  readonly #parts: ProcessParts
  readonly #files: EngineFiles
  readonly #library: string
  readonly #children = new Map<number, UtilityProcess>()
  readonly #asked = new Map<number, (answer: PictureBytes | readonly string[] | null) => void>()
  #service: UtilityProcess | null = null
  #waitMs = firstWaitMs
  #lastRequest = 0
  #isEnded = false

  constructor(parts: ProcessParts, files: EngineFiles, library: string) {
    this.#parts = parts
    this.#files = files
    this.#library = library
  }

  start(): void {
    const service = this.#parts.fork(this.#files.service, ['--library', this.#library], 'Attune service')
    this.#service = service
    service.on('spawn', () => {
      this.#waitMs = firstWaitMs
    })
    service.on('message', (message: FromService) => {
      this.#receive(message)
    })
    service.on('exit', () => {
      this.#lost()
    })
  }

  end(): void {
    this.#isEnded = true
    for (const child of this.#children.values()) child.kill()
    this.#service?.kill()
  }

  /** A port on which the contract is spoken with a window. */
  openWindow(): MessagePortMain {
    const { port1, port2 } = this.#parts.makeChannel()
    this.#service?.postMessage({ kind: 'window' } satisfies ToService, [port1])
    return port2
  }

  readonly readPicture = async (id: number, isThumbnail: boolean): Promise<PictureBytes | null> => {
    const answer = await this.#ask((request) => ({ kind: 'read-picture', request, id, isThumbnail }))
    return answer !== null && 'bytes' in answer ? answer : null
  }

  /** Files of pictures, for showing them in their folder and dragging them out. Paths never reach the page. */
  async locatePictures(ids: readonly number[]): Promise<readonly string[]> {
    const answer = await this.#ask((request) => ({ kind: 'locate-pictures', request, ids }))
    return answer !== null && !('bytes' in answer) ? answer : []
  }

  #ask(make: (request: number) => ToService): Promise<PictureBytes | readonly string[] | null> {
    const request = ++this.#lastRequest
    const service = this.#service
    if (service === null) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#asked.set(request, resolve)
      service.postMessage(make(request))
    })
  }

  #receive(message: FromService): void {
    switch (message.kind) {
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

  #answer(request: number, answer: PictureBytes | readonly string[] | null): void {
    this.#asked.get(request)?.(answer)
    this.#asked.delete(request)
  }

  #fork(process: number, name: 'worker' | 'media', args: readonly string[]): void {
    const child = this.#parts.fork(this.#files[name], args, `Attune ${name}`)
    const { port1, port2 } = this.#parts.makeChannel()
    this.#children.set(process, child)
    child.postMessage({ kind: 'parent' }, [port1])
    this.#service?.postMessage({ kind: 'child', process } satisfies ToService, [port2])
    child.on('exit', (code) => {
      this.#children.delete(process)
      this.#service?.postMessage({ kind: 'exit', process, code } satisfies ToService)
    })
  }

  #lost(): void {
    this.#service = null
    for (const answer of this.#asked.values()) answer(null)
    this.#asked.clear()
    for (const child of this.#children.values()) child.kill()
    this.#children.clear()
    if (this.#isEnded) return
    setTimeout(() => {
      this.start()
    }, this.#waitMs)
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2)
  }
}
