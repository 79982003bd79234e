import { calls, isCallName } from './calls.ts'
import type { CallHandlers, CallName } from './calls.ts'
import type { EventName, EventPayload } from './events.ts'
import { toFailure } from './failure-record.ts'
import { EngineError } from './failures.ts'
import { clientFrameSchema, contractVersion } from './frames.ts'
import type { ServerFrame } from './frames.ts'
import type { Pipe } from './pipe.ts'

export interface ServedContract {
  readonly handlers: CallHandlers
  readonly appVersion: string
  /** Gets every error that is not an EngineError, whole: windows only learn that there was one. */
  readonly onDefect: (error: unknown, where: string) => void
  /** Calls of one connection that may be under way; more are refused. */
  readonly maxOpen?: number
}

/** The service's end of the contract: any number of windows, each over its own pipe. */
export class ContractServer {
  readonly #served: ServedContract
  readonly #connections = new Set<Connection>()

  constructor(served: ServedContract) {
    this.#served = served
  }

  get connections(): number {
    return this.#connections.size
  }

  /** Serves a window until its pipe closes. */
  attach(pipe: Pipe): void {
    const connection = new Connection(this.#served, pipe)
    this.#connections.add(connection)
    pipe.onClose(() => this.#connections.delete(connection))
  }

  /** Tells every window that has said hello. */
  announce<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const connection of this.#connections) connection.tell(name, payload)
  }
}

class Connection {
  readonly #served: ServedContract
  readonly #pipe: Pipe
  #isWelcome = false
  #sequence = 0
  #open = 0

  constructor(served: ServedContract, pipe: Pipe) {
    this.#served = served
    this.#pipe = pipe
    pipe.onMessage((message) => {
      this.#receive(message)
    })
  }

  tell(name: EventName, payload: unknown): void {
    if (this.#isWelcome) this.#send({ kind: 'event', sequence: ++this.#sequence, name, payload })
  }

  #receive(message: unknown): void {
    const parsed = clientFrameSchema.safeParse(message)
    if (!parsed.success) {
      this.#fail(null, violation('contract', 'a message that is neither hello nor a call'))
      return
    }
    const frame = parsed.data
    if (frame.kind === 'hello') this.#greet(frame.version)
    else if (!this.#isWelcome) this.#fail(frame.id, violation('contract', 'a call before hello'))
    else if (!isCallName(frame.name)) this.#fail(frame.id, violation('contract', 'a call that does not exist'))
    else void this.#answer(frame.id, frame.name, frame.input)
  }

  #greet(version: number): void {
    if (version === contractVersion) {
      this.#isWelcome = true
      this.#send({ kind: 'welcome', version: contractVersion, appVersion: this.#served.appVersion })
      return
    }
    const error = new EngineError('conflict', {
      where: 'contract',
      found: `a window of version ${version}`,
      expected: `version ${contractVersion}`,
      remedy: 'Reload the window.',
    })
    this.#send({ kind: 'refused', failure: toFailure(error, 'contract') })
    this.#pipe.close()
  }

  async #answer(id: number, name: CallName, input: unknown): Promise<void> {
    const { handlers, onDefect, maxOpen = 256 } = this.#served
    if (this.#open >= maxOpen) {
      this.#fail(id, new EngineError('refused', { where: name, found: `${this.#open} calls under way already` }))
      return
    }
    this.#open++
    try {
      const parsed = calls[name].input.safeParse(input)
      if (!parsed.success) throw violation(name, `input that does not fit at ${placeOf(parsed.error)}`)
      // The handler found under a name takes what the schema under that name gave; only the compiler cannot see it.
      const handler = handlers[name] as (input: unknown) => unknown
      this.#send({ kind: 'result', id, output: await handler(parsed.data) })
    } catch (error) {
      if (!(error instanceof EngineError)) onDefect(error, name)
      this.#fail(id, error)
    } finally {
      this.#open--
    }
  }

  #fail(id: number | null, error: unknown): void {
    this.#send({ kind: 'failure', id, failure: toFailure(error, 'service') })
  }

  #send(frame: ServerFrame): void {
    this.#pipe.send(frame)
  }
}

const violation = (where: string, found: string): EngineError => new EngineError('contract-violated', { where, found })

const placeOf = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}): string => {
  const [issue] = error.issues
  if (issue === undefined) return 'an unknown place'
  const place = issue.path.map(String).join('.').slice(0, 200)
  return `"${place}": ${issue.message.slice(0, 200)}`
}
