import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { StandInChannel, type StandInPort } from './channel-stand-in.ts'
import type { Travelling } from './utility-process-stand-in.ts'

/** Runs a bundle as Electron's utilityProcess would: with `process.parentPort`, whose messages wait for a listener. */
const [, , file = '', ...args] = process.argv
const send = process.send?.bind(process)
const parentPort = new EventEmitter()
const ports = new Map<number, StandInPort>()
const waiting: object[] = []

const say = (travelling: Travelling): void => void send?.(travelling)

function receivePort(port: number): StandInPort {
  const { port1, port2 } = new StandInChannel()
  ports.set(port, port2)
  port2.on('message', ({ data }: { readonly data: unknown }) => {
    say({ kind: 'port', port, data })
  })
  port2.on('close', () => {
    say({ kind: 'port-closed', port })
  })
  port2.start()
  return port1
}

parentPort.on('newListener', (name) => {
  if (name === 'message') setImmediate(() => waiting.splice(0).forEach((event) => parentPort.emit('message', event)))
})
process.on('message', (travelling: Travelling) => {
  if (travelling.kind === 'port') ports.get(travelling.port)?.postMessage(travelling.data)
  else if (travelling.kind === 'port-closed') ports.get(travelling.port)?.close()
  else {
    const event = { data: travelling.data, ports: travelling.ports.map(receivePort) }
    if (parentPort.listenerCount('message') === 0) waiting.push(event)
    else parentPort.emit('message', event)
  }
})
process.on('disconnect', () => process.exit(0))
Object.assign(process, {
  parentPort: Object.assign(parentPort, {
    postMessage: (data: unknown) => {
      say({ kind: 'message', data, ports: [] })
    },
  }),
  argv: [process.argv[0], file, ...args],
  send: undefined,
})
createRequire(import.meta.url)(file)
