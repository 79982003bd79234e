import { type Pipe, portPipe, socketPipe } from '../../engine/contract/pipe.ts'
import type { ShellBridge } from '../../engine/contract/shell-bridge.ts'

export const portMessage = 'attune:port'

/** Opens a pipe to the service: a port from the shell, else a socket to where the page came from. */
export const openPipe = (bridge: ShellBridge | undefined): Promise<Pipe> =>
  bridge === undefined ? openSocket() : openPort(bridge)

function openSocket(): Promise<Pipe> {
  const address = new URL('/contract', location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(address)
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve(socketPipe(socket))
    })
    socket.addEventListener('error', () => {
      reject(new Error('connection: the service did not answer.'))
    })
  })
}

function openPort(bridge: ShellBridge): Promise<Pipe> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent): void => {
      const [port] = event.ports
      if (event.source !== window || event.data !== portMessage || port === undefined) return
      window.removeEventListener('message', listen)
      resolve(portPipe(port))
    }
    window.addEventListener('message', listen)
    bridge.requestPort()
  })
}
