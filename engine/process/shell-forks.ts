import type { ForkedExit, ForkedName, ServiceToShell } from '../contract/shell-messages.ts'
import type { ChildTransport, ProcessExit, ToChild } from './messages.ts'
import type { UtilityPort } from './utility-port.ts'

/** One process that the shell was asked for. */
interface Forked {
  readonly waiting: ToChild[]
  readonly listeners: ((message: unknown) => void)[]
  readonly onExit: ((exit: ProcessExit) => void)[]
  port: UtilityPort | undefined
}

/** Processes of the service that the desktop shell forks for it, each with a port of its own. */
export class ShellForks {
  readonly #say: (message: ServiceToShell) => void
  readonly #forked = new Map<number, Forked>()
  #last = 0

  constructor(say: (message: ServiceToShell) => void) {
    this.#say = say
  }

  /** Asks for a process; what is sent to it waits until the shell has handed over its port. */
  fork(name: ForkedName, args: readonly string[] = []): ChildTransport {
    const number = ++this.#last
    const forked: Forked = { waiting: [], listeners: [], onExit: [], port: undefined }
    this.#forked.set(number, forked)
    this.#say({ kind: 'fork', process: number, name, args })
    return {
      pid: undefined,
      postMessage: (message) => {
        if (forked.port === undefined) forked.waiting.push(message)
        else forked.port.postMessage(message)
      },
      onMessage: (listener) => void forked.listeners.push(listener),
      onExit: (listener) => void forked.onExit.push(listener),
      kill: () => {
        this.#say({ kind: 'kill', process: number })
      },
    }
  }

  /** The shell forked the process of this number; `port` leads to it. */
  joined(number: number, port: UtilityPort | undefined): void {
    const forked = this.#forked.get(number)
    if (forked === undefined || port === undefined) {
      port?.close()
      return
    }
    forked.port = port
    port.on('message', ({ data }) => {
      for (const listener of forked.listeners) listener(data)
    })
    port.start()
    for (const message of forked.waiting.splice(0)) port.postMessage(message)
  }

  /** The process of this number has ended. */
  ended({ process: number, code, lastWords }: ForkedExit): void {
    const forked = this.#forked.get(number)
    this.#forked.delete(number)
    forked?.port?.close()
    for (const listener of forked?.onExit ?? []) listener({ code, signal: null, lastWords })
  }
}
