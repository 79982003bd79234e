import type { CallInput, CallName, CallOutput } from '../../engine/contract/calls.ts'
import { ContractClient } from '../../engine/contract/contract-client.ts'
import type { EventName, EventPayload } from '../../engine/contract/events.ts'
import { EngineError } from '../../engine/contract/failures.ts'
import { type Pipe, pipeClosed } from '../../engine/contract/pipe.ts'

export type LinkState = 'connecting' | 'online' | 'lost'

/** Asks the service; rejects with an EngineError. */
export type Ask = <Name extends CallName>(name: Name, input: CallInput<Name>) => Promise<CallOutput<Name>>

interface Listening {
  readonly name: EventName
  readonly listener: (payload: never) => void // Each is given only payloads of its own name.
}

const firstWaitMs = 200
const longestWaitMs = 4000

/** The window's connection to the service: comes back by itself when it is lost, and listeners stay. */
export class ServiceLink {
  readonly #open: () => Promise<Pipe>
  readonly #listening = new Set<Listening>()
  readonly #watchers = new Set<(state: LinkState) => void>()
  #client: ContractClient | null = null
  #state: LinkState = 'connecting'
  #isEnded = false

  constructor(open: () => Promise<Pipe>) {
    this.#open = open
  }

  get state(): LinkState {
    return this.#state
  }

  /** Connects, and again whenever the connection ends, until `end`. */
  async start(): Promise<void> {
    for (let waitMs = firstWaitMs; !this.#isEnded; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
      const client = await this.#tryToConnect()
      if (client === null) {
        await new Promise((resolve) => setTimeout(resolve, waitMs))
        continue
      }
      waitMs = firstWaitMs / 2
      await this.#use(client)
    }
  }

  end(): void {
    this.#isEnded = true
    this.#client?.close()
  }

  readonly ask: Ask = (name, input) =>
    this.#client === null ? Promise.reject(pipeClosed(`contract: ${name}`)) : this.#client.call(name, input)

  /** Listens through every reconnection until the returned function is called. */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void {
    const entry: Listening = { name, listener }
    this.#listening.add(entry)
    const stop = this.#client?.on(name, listener)
    return () => {
      this.#listening.delete(entry)
      stop?.()
    }
  }

  /** Tells of every change of the connection, and at once how it is. */
  watch(watcher: (state: LinkState) => void): void {
    this.#watchers.add(watcher)
    watcher(this.#state)
  }

  /** Waits until there is a connection. */
  whenOnline(): Promise<void> {
    if (this.#state === 'online') return Promise.resolve()
    return new Promise((resolve) => {
      const watcher = (state: LinkState) => {
        if (state !== 'online') return
        this.#watchers.delete(watcher)
        resolve()
      }
      this.#watchers.add(watcher)
    })
  }

  async #tryToConnect(): Promise<ContractClient | null> {
    try {
      return await ContractClient.connect(await this.#open())
    } catch (error) {
      if (error instanceof EngineError && error.code === 'conflict') this.#isEnded = true
      this.#tell('lost')
      return null
    }
  }

  async #use(client: ContractClient): Promise<void> {
    this.#client = client
    for (const { name, listener } of this.#listening) client.on(name, listener as (payload: unknown) => void) // given under its own name
    const ended = new Promise<void>((resolve) => {
      client.onClose(resolve)
    })
    this.#tell('online')
    await ended
    this.#client = null
    this.#tell('lost')
  }

  #tell(state: LinkState): void {
    if (this.#state === state) return
    this.#state = state
    for (const watcher of this.#watchers) watcher(state)
  }
}

/** Whether an error only says that the connection was gone. */
export const isConnectionLoss = (error: unknown): boolean =>
  error instanceof EngineError && error.code === 'engine-stopped' && error.facts['reason'] === 'connection-closed'
