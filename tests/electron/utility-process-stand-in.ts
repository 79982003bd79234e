import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { StandInPort } from './channel-stand-in.ts'

/** What travels between the stand-in and `utility-child.ts`: messages, and what goes through the ports handed over. */
export type Travelling =
  | { readonly kind: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly kind: 'port'; readonly port: number; readonly data: unknown }
  | { readonly kind: 'port-closed'; readonly port: number }

/**
 * Electron's utilityProcess over node's child_process: a real process with `process.parentPort`. Ports cannot cross to it,
 * so what goes through them is carried along.
 */
export class StandInUtilityProcess extends EventEmitter {
  /** The bundle that it runs. */
  readonly file: string
  readonly #child: ChildProcess
  readonly #ports = new Map<number, StandInPort>()
  #lastPort = 0

  constructor(file: string, args: readonly string[]) {
    super()
    this.file = file
    this.#child = fork(join(import.meta.dirname, 'utility-child.ts'), [file, ...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    })
    this.#child.on('spawn', () => this.emit('spawn'))
    this.#child.on('message', (travelling) => {
      this.#receive(travelling as Travelling) // utility-child.ts writes nothing else
    })
    this.#child.on('close', (code, signal) => {
      for (const port of this.#ports.values()) port.close()
      this.emit('exit', signal === null ? (code ?? 1) : 9)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get stdout(): Readable | null {
    return this.#child.stdout
  }

  get stderr(): Readable | null {
    return this.#child.stderr
  }

  kill(): boolean {
    return this.#child.kill('SIGKILL')
  }

  postMessage(data: unknown, ports: readonly StandInPort[] = []): void {
    this.#send({ kind: 'message', data, ports: ports.map((port) => this.#carry(port)) })
  }

  #carry(port: StandInPort): number {
    const number = ++this.#lastPort
    this.#ports.set(number, port)
    port.on('message', ({ data }: { readonly data: unknown }) => {
      this.#send({ kind: 'port', port: number, data })
    })
    port.on('close', () => {
      this.#ports.delete(number)
      this.#send({ kind: 'port-closed', port: number })
    })
    port.start()
    return number
  }

  #receive(travelling: Travelling): void {
    if (travelling.kind === 'message') this.emit('message', travelling.data)
    else if (travelling.kind === 'port') this.#ports.get(travelling.port)?.postMessage(travelling.data)
    else this.#ports.get(travelling.port)?.close()
  }

  #send(travelling: Travelling): void {
    if (this.#child.connected) this.#child.send(travelling, () => undefined)
  }
}
