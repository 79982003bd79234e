import { type Pipe, portPipe, socketPipe } from '../../engine/contract/pipe.ts'

/** What the desktop shell hands to its window; absent in a browser. */
export interface ShellBridge {
  readonly platform: 'darwin' | 'win32' | 'linux'
  /** Asks for a port to the service; it arrives as a message of the window. */
  readonly requestPort: () => void
  readonly chooseFolder: () => Promise<string | null>
  readonly revealPicture: (id: number) => Promise<void>
  readonly startDrag: (ids: readonly number[]) => void
  readonly setDocument: (name: string, isEdited: boolean) => void
  readonly onCommand: (listener: (id: string) => void) => void
}

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
