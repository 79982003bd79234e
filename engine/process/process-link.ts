import { EngineError } from '../contract/failures.ts'
import type { CallArgs, CallName, CallProgress, CallResult, CallTable } from './call-table.ts'
import { ChildConnection } from './child-connection.ts'
import type { OpenCall } from './child-connection.ts'
import type { ChildTransport } from './messages.ts'

export interface LinkOptions<Table extends CallTable> {
  /** Names the process in errors, such as `media`. */
  readonly name: string
  readonly calls: Table
  /** Forks the process; called again for every new life. */
  readonly fork: () => ChildTransport
  /** How many calls the process has at a time; the others wait here and survive its death. Default: no limit. */
  readonly maxOpen?: number
  /** How many calls may wait; more are refused. Default 1,000. */
  readonly maxWaiting?: number
  /** Wait before the first restart, doubled for each further death without an answer or a call between. Default 100. */
  readonly firstBackoffMs?: number
  /** Default 10 s. */
  readonly maxBackoffMs?: number
  /** After so many deaths in a row, none of them over a call, the link gives up until `start` is called. Default 6. */
  readonly maxDeaths?: number
  readonly onState?: (state: LinkState) => void
}

export type LinkState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly restartMs: number; readonly cause: EngineError }
  | { readonly kind: 'failed'; readonly cause: EngineError }
  | { readonly kind: 'closed' }

export interface CallOptions<Progress> {
  /** Aborting asks the process to stop; the call then ends as 'cancelled' once it has. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Counted from the moment the process gets the call. When it runs out the process is killed. */
  readonly timeoutMs?: number
}

interface Waiting {
  readonly call: OpenCall
  /** Takes the call out of the queue when it is cancelled there. */
  readonly leave: () => void
}

/**
 * The parent's side of a child process that may die: typed calls, a queue, and restarts with growing waits. A death
 * rejects the calls the process was working on with the cause; calls still waiting go to the next life.
 */
export class ProcessLink<Table extends CallTable> {
  readonly #options: LinkOptions<Table>
  readonly #waiting: Waiting[] = []
  #connection: ChildConnection | undefined
  #state: LinkState = { kind: 'idle' }
  #deaths = 0
  #restart: NodeJS.Timeout | undefined
  #onGone: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(options: LinkOptions<Table>) {
    this.#options = options
  }

  get state(): LinkState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#connection?.pid
  }

  /** Forks the process if there is none, so that the first call does not wait for it; also ends the 'failed' state. */
  start(): void {
    if (this.#state.kind !== 'idle' && this.#state.kind !== 'failed') return
    this.#deaths = 0
    this.#fork()
  }

  /**
   * Sends a call and gives its parsed result.
   *
   * @throws EngineError  the handler's own error; 'engine-stopped' when the process died or ran out of time over it;
   *                      'cancelled'; 'refused' when too many calls wait; 'contract-violated' when either side sent
   *                      something that does not fit
   */
  call<Name extends CallName<Table>>(
    name: Name,
    args: CallArgs<Table, Name>,
    options: CallOptions<CallProgress<Table, Name>> = {},
  ): Promise<CallResult<Table, Name>> {
    return new Promise((resolve, reject) => {
      // The connection parses results and progress with this call's own schemas, so the types hold.
      const onProgress = options.onProgress as ((progress: unknown) => void) | undefined
      const settle = resolve as (result: unknown) => void
      this.#enqueue({ ...options, name, args, onProgress, resolve: settle, reject })
    })
  }

  /** Kills the present process; its open calls end as 'engine-stopped' with `reason`, and a new one starts. */
  kill(reason: string): void {
    this.#connection?.kill(this.#stopped(`it was killed: ${reason}`, 'killed'))
  }

  /** Kills the process for good and waits until it is gone. Every call ends as 'engine-stopped'. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      clearTimeout(this.#restart)
      const cause = this.#stopped('it was closed', 'closed')
      this.#enter({ kind: 'closed' })
      this.#rejectWaiting(cause)
      if (this.#connection === undefined) resolve()
      this.#onGone = resolve
      this.#connection?.kill(cause)
    })
    return this.#closing
  }

  #enqueue(call: OpenCall): void {
    const refusal = this.#refusal(call)
    if (refusal !== undefined) {
      call.reject(refusal)
      return
    }
    const leave = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      call.reject(this.#cancelled(call.name))
    }
    const waiting = { call, leave }
    call.signal?.addEventListener('abort', leave, { once: true })
    this.#waiting.push(waiting)
    this.start()
    this.#pump()
  }

  #refusal({ name, signal }: OpenCall): EngineError | undefined {
    if (this.#state.kind === 'closed') return this.#stopped('it was closed', 'closed')
    if (this.#state.kind === 'failed') return this.#state.cause
    if (signal?.aborted === true) return this.#cancelled(name)
    const { maxWaiting = 1000 } = this.#options
    if (this.#waiting.length < maxWaiting) return undefined
    return new EngineError('refused', {
      where: `${this.#options.name} process: ${name}`,
      found: `${this.#waiting.length} calls waiting already`,
      expected: `at most ${maxWaiting}`,
      remedy: 'Try again when some of them are done.',
    })
  }

  #pump(): void {
    const { maxOpen = Infinity } = this.#options
    const connection = this.#connection
    if (connection === undefined || this.#state.kind !== 'ready') return
    while (connection.openCalls < maxOpen) {
      const call = this.#takeWaiting()
      if (call === undefined) return
      connection.send(call)
    }
  }

  #takeWaiting(): OpenCall | undefined {
    const waiting = this.#waiting.shift()
    waiting?.call.signal?.removeEventListener('abort', waiting.leave)
    return waiting?.call
  }

  #fork(): void {
    this.#enter({ kind: 'starting' })
    const { name, calls } = this.#options
    const transport = this.#forkTransport()
    if (transport === undefined) return
    this.#connection = new ChildConnection(name, calls, transport, {
      onReady: () => {
        if (this.#state.kind !== 'starting') return
        this.#enter({ kind: 'ready' })
        this.#pump()
      },
      onAnswered: () => {
        this.#deaths = 0
        this.#pump()
      },
      onDeath: (cause, openCalls) => {
        // A death over a call is that call's failure; only deaths out of nothing say that the process itself is broken.
        this.#bury(cause, openCalls > 0 ? 1 : this.#deaths + 1)
      },
    })
  }

  #forkTransport(): ChildTransport | undefined {
    try {
      return this.#options.fork()
    } catch (error) {
      const facts = { where: `${this.#options.name} process`, found: 'it could not be started', reason: 'not-started' }
      this.#bury(new EngineError('engine-stopped', facts, { cause: error }), this.#deaths + 1)
      return undefined
    }
  }

  #bury(cause: EngineError, deaths: number): void {
    this.#connection = undefined
    this.#deaths = deaths
    this.#onGone?.()
    if (this.#state.kind === 'closed') return
    const { firstBackoffMs = 100, maxBackoffMs = 10_000, maxDeaths = 6 } = this.#options
    if (this.#deaths >= maxDeaths) {
      this.#enter({ kind: 'failed', cause })
      this.#rejectWaiting(cause)
      return
    }
    const restartMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** (this.#deaths - 1))
    this.#enter({ kind: 'waiting', restartMs, cause })
    this.#restart = setTimeout(() => {
      this.#fork()
    }, restartMs)
  }

  #rejectWaiting(cause: EngineError): void {
    for (let call = this.#takeWaiting(); call !== undefined; call = this.#takeWaiting()) call.reject(cause)
  }

  #enter(state: LinkState): void {
    this.#state = state
    this.#options.onState?.(state)
  }

  #stopped(found: string, reason: string): EngineError {
    return new EngineError('engine-stopped', { where: `${this.#options.name} process`, found, reason })
  }

  #cancelled(name: string): EngineError {
    return new EngineError('cancelled', {
      where: `${this.#options.name} process: ${name}`,
      found: 'the call was cancelled before it began',
    })
  }
}
