import { EngineError } from '../contract/failures.ts'
import type { CallTable } from './call-table.ts'
import { fromFailureData, isFailureData } from './failure-data.ts'
import type { ChildTransport, ProcessExit } from './messages.ts'

/** A call on its way, with its types forgotten: `ProcessLink.call` is where they are known. */
export interface OpenCall {
  readonly name: string
  readonly args: unknown
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly onProgress?: ((progress: unknown) => void) | undefined
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

type Forgettable = OpenCall & { readonly forget: () => void }

export interface ConnectionListeners {
  /** The child said that it serves calls. */
  readonly onReady: () => void
  /** A call was answered, whether with a result or a failure. */
  readonly onAnswered: () => void
  /** The process is gone and the `openCalls` it was working on have been rejected with this cause. */
  readonly onDeath: (cause: EngineError, openCalls: number) => void
}

/**
 * One life of a child process: numbers its calls, matches answers to them, and rejects what is open when it dies. A
 * message that breaks the protocol costs the child its life, since nothing it says can be matched any more.
 */
export class ChildConnection {
  readonly #name: string
  readonly #calls: CallTable
  readonly #transport: ChildTransport
  readonly #listeners: ConnectionListeners
  readonly #open = new Map<number, Forgettable>()
  #lastId = 0
  #verdict: EngineError | undefined

  constructor(name: string, calls: CallTable, transport: ChildTransport, listeners: ConnectionListeners) {
    this.#name = name
    this.#calls = calls
    this.#transport = transport
    this.#listeners = listeners
    transport.onMessage((message) => {
      this.#receive(message)
    })
    transport.onExit((exit) => {
      this.#die(this.#verdict ?? diedOf(name, exit))
    })
  }

  get openCalls(): number {
    return this.#open.size
  }

  get pid(): number | undefined {
    return this.#transport.pid
  }

  send(call: OpenCall): void {
    const id = ++this.#lastId
    const cancel = (): void => {
      this.#transport.postMessage({ id, cancel: true })
    }
    try {
      this.#transport.postMessage({ id, call: call.name, args: call.args })
    } catch (cause) {
      call.reject(this.#violation(`${call.name} was given something that cannot be sent`, cause))
      return
    }
    call.signal?.addEventListener('abort', cancel, { once: true })
    const timer = call.timeoutMs === undefined ? undefined : setTimeout(() => this.#expire(call), call.timeoutMs)
    const forget = (): void => {
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', cancel)
    }
    this.#open.set(id, { ...call, forget })
  }

  /** Ends the process; what is open is rejected with `verdict`. */
  kill(verdict: EngineError): void {
    this.#verdict ??= verdict
    this.#transport.kill()
  }

  #expire(call: OpenCall): void {
    this.kill(
      new EngineError('engine-stopped', {
        where: `${this.#name} process: ${call.name}`,
        found: `no answer within ${call.timeoutMs ?? 0} ms`,
        reason: 'timeout',
      }),
    )
  }

  #receive(message: unknown): void {
    if (this.#verdict !== undefined) return
    if (isReady(message)) {
      this.#listeners.onReady()
      return
    }
    const call = hasId(message) ? this.#open.get(message.id) : undefined
    if (!hasId(message) || call === undefined) {
      this.kill(this.#violation('a message that answers nothing'))
      return
    }
    // Only reading is guarded: what the caller's own listener throws is the caller's.
    let deliver: () => void
    try {
      deliver = this.#read(call, message)
    } catch (cause) {
      this.kill(this.#violation(`an answer to ${call.name} that does not fit`, cause))
      return
    }
    deliver()
  }

  #read(call: Forgettable, message: Answer): () => void {
    const schemas = this.#calls[call.name]
    if (schemas === undefined) throw new Error(`no call named ${call.name}`)
    if ('progress' in message) {
      const progress = schemas.progress?.parse(message.progress)
      return () => call.onProgress?.(progress)
    }
    if ('failure' in message) {
      const failure = readFailure(message.failure)
      return () => {
        this.#close(message.id, call)
        call.reject(failure)
      }
    }
    const result = schemas.result.parse(message.result)
    return () => {
      this.#close(message.id, call)
      call.resolve(result)
    }
  }

  #close(id: number, call: Forgettable): void {
    this.#open.delete(id)
    call.forget()
    this.#listeners.onAnswered()
  }

  #die(cause: EngineError): void {
    const calls = [...this.#open.values()]
    this.#open.clear()
    for (const call of calls) {
      call.forget()
      call.reject(cause)
    }
    this.#listeners.onDeath(cause, calls.length)
  }

  #violation(found: string, cause?: unknown): EngineError {
    return new EngineError('contract-violated', { where: `${this.#name} process`, found }, { cause })
  }
}

type Answer = {
  readonly id: number
  readonly progress?: unknown
  readonly result?: unknown
  readonly failure?: unknown
}

const isReady = (message: unknown): boolean => typeof message === 'object' && message !== null && 'ready' in message

const hasId = (message: unknown): message is Answer =>
  typeof message === 'object' && message !== null && 'id' in message && typeof message.id === 'number'

const readFailure = (failure: unknown): EngineError => {
  if (!isFailureData(failure)) throw new Error('a failure without code and facts')
  return fromFailureData(failure)
}

const diedOf = (name: string, { code, signal, lastWords, error }: ProcessExit): EngineError =>
  new EngineError(
    'engine-stopped',
    {
      where: `${name} process`,
      found: error !== undefined ? 'it could not be started' : `it ended with ${signal ?? `code ${code ?? 'unknown'}`}`,
      reason: error !== undefined ? 'not-started' : 'died',
      ...(lastWords === '' ? {} : { lastWords }),
    },
    error === undefined ? {} : { cause: error },
  )
