import { EngineError } from './failures.ts'

/** A two-way pipe of plain values, whatever carries it. Listeners are set once. */
export interface Pipe {
  readonly send: (message: unknown) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  readonly onClose: (listener: () => void) => void
  readonly close: () => void
}

/** An event of either pipe. Its type differs between browsers, node, Electron and `ws`, so `any`; only `data` is read. */
type EventLike = any

/** The part of a MessagePort that a pipe needs; the browser's, node's and Electron's all have it. */
export interface PortLike {
  postMessage(message: unknown): void
  close(): void
  addEventListener?(name: string, listener: (event: EventLike) => void): void
  on?(name: string, listener: (event: EventLike) => void): unknown
  start?(): void
}

/** A pipe over a MessagePort: values are cloned, nothing is written as text. */
export const portPipe = (port: PortLike): Pipe => ({
  send: (message) => {
    port.postMessage(message)
  },
  onMessage: (listener) => {
    if (port.addEventListener === undefined) {
      // Electron's MessagePortMain hands over an event with `data`.
      port.on?.('message', (event: EventLike) => {
        listener(dataOf(event))
      })
    } else {
      port.addEventListener('message', (event: EventLike) => {
        listener(dataOf(event))
      })
    }
    port.start?.()
  },
  onClose: (listener) => {
    if (port.addEventListener === undefined) port.on?.('close', listener)
    else port.addEventListener('close', listener)
  },
  close: () => {
    port.close()
  },
})

/** The part of a WebSocket that a pipe needs; the browser's and the `ws` package's both have it. */
export interface SocketLike {
  readonly readyState: number
  send(text: string): void
  close(): void
  addEventListener(name: string, listener: (event: EventLike) => void): void
}

const openState = 1

/** A pipe over a WebSocket: one JSON text per message. Text that is not JSON arrives as `undefined`. */
export const socketPipe = (socket: SocketLike): Pipe => ({
  send: (message) => {
    if (socket.readyState === openState) socket.send(JSON.stringify(message))
  },
  onMessage: (listener) => {
    socket.addEventListener('message', (event: EventLike) => {
      listener(parseJson(dataOf(event)))
    })
  },
  onClose: (listener) => {
    socket.addEventListener('close', () => {
      listener()
    })
  },
  close: () => {
    socket.close()
  },
})

/** What a call on a pipe ends with when the other side is gone. */
export const pipeClosed = (where: string): EngineError =>
  new EngineError('engine-stopped', { where, found: 'the connection is closed', reason: 'connection-closed' })

const dataOf = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && 'data' in event ? event.data : event

const parseJson = (data: unknown): unknown => {
  if (typeof data !== 'string') return undefined
  try {
    return JSON.parse(data) as unknown // Parsed by a schema before anything is done with it.
  } catch {
    return undefined
  }
}
