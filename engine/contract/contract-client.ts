import { calls } from './calls.ts'
import type { CallInput, CallName, CallOutput } from './calls.ts'
import { events, isEventName } from './events.ts'
import type { EventName, EventPayload } from './events.ts'
import { toError } from './failure-record.ts'
import { EngineError } from './failures.ts'
import { contractVersion, serverFrameSchema } from './frames.ts'
import type { ServerFrame } from './frames.ts'
import { pipeClosed } from './pipe.ts'
import type { Pipe } from './pipe.ts'

interface OpenCall {
  readonly name: CallName
  readonly resolve: (output: unknown) => void
  readonly reject: (error: unknown) => void
}

type Listener = (payload: unknown) => void

/** The window's end of the contract. */
export class ContractClient {
  readonly #pipe: Pipe
  readonly #open = new Map<number, OpenCall>()
  readonly #listeners = new Map<EventName, Set<Listener>>()
  readonly #closeListeners = new Set<() => void>()
  #lastId = 0
  #isClosed = false

  private constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  /**
   * Shakes hands and gives the client once both sides speak the same version.
   *
   * @throws EngineError 'conflict' when the versions differ, 'engine-stopped' when the pipe closes before
   */
  static connect(pipe: Pipe, version: number = contractVersion): Promise<ContractClient> {
    const client = new ContractClient(pipe)
    return new Promise((resolve, reject) => {
      const greeting = (frame: ServerFrame): void => {
        if (frame.kind === 'welcome') resolve(client)
        if (frame.kind === 'refused') reject(toError(frame.failure))
      }
      pipe.onMessage((message) => {
        client.#receive(message, greeting)
      })
      pipe.onClose(() => {
        reject(pipeClosed('contract'))
        client.#close()
      })
      pipe.send({ kind: 'hello', version })
    })
  }

  /** Asks the service. @throws EngineError as the handler threw it; 'engine-stopped' when the connection ends first */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    if (this.#isClosed) return Promise.reject(pipeClosed(`contract: ${name}`))
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      // The answer is parsed with this call's own schema before it gets here, so the type holds.
      this.#open.set(id, { name, resolve: resolve as (output: unknown) => void, reject })
      this.#pipe.send({ kind: 'call', id, name, input })
    })
  }

  /** Listens until the returned function is called. */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set<Listener>()
    this.#listeners.set(name, listeners)
    const known = listener as Listener // Payloads are parsed with this event's own schema.
    listeners.add(known)
    return () => listeners.delete(known)
  }

  onClose(listener: () => void): void {
    this.#closeListeners.add(listener)
  }

  close(): void {
    this.#pipe.close()
    this.#close()
  }

  #receive(message: unknown, greeting: (frame: ServerFrame) => void): void {
    const parsed = serverFrameSchema.safeParse(message)
    if (!parsed.success) return
    const frame = parsed.data
    greeting(frame)
    if (frame.kind === 'event') this.#tell(frame.name, frame.payload)
    if (frame.kind === 'result') this.#settle(frame.id, frame.output)
    if (frame.kind === 'failure' && frame.id !== null) {
      this.#take(frame.id)?.reject(toError(frame.failure))
    }
  }

  #settle(id: number, output: unknown): void {
    const call = this.#take(id)
    if (call === undefined) return
    const parsed = calls[call.name].output.safeParse(output)
    if (parsed.success) call.resolve(parsed.data)
    else call.reject(unfit(call.name, parsed.error))
  }

  #tell(name: string, payload: unknown): void {
    if (!isEventName(name)) return
    const parsed = events[name].safeParse(payload)
    if (!parsed.success) return
    for (const listener of this.#listeners.get(name) ?? []) listener(parsed.data)
  }

  #take(id: number): OpenCall | undefined {
    const call = this.#open.get(id)
    this.#open.delete(id)
    return call
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { name, reject } of this.#open.values()) reject(pipeClosed(`contract: ${name}`))
    this.#open.clear()
    for (const listener of this.#closeListeners) listener()
  }
}

const unfit = (name: string, cause: Error): EngineError =>
  new EngineError('contract-violated', { where: `contract: ${name}`, found: 'an answer that does not fit' }, { cause })
