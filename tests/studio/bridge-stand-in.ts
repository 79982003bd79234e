import type { ShellBridge, ShellFile, ShellMenu, ShellWords } from '../../engine/contract/shell-bridge.ts'

/** What the page said to the shell, and a way to speak as the shell. */
export interface BridgeStandIn {
  readonly menus: readonly ShellMenu[][]
  readonly words: ShellWords[]
  readonly themes: string[]
  readonly documents: [string, boolean][]
  readonly dragged: (readonly number[])[]
  readonly opened: [number, number][]
  readonly command: ((id: string) => void) | null
  readonly file: ((file: ShellFile) => void) | null
}

/**
 * Runs in the page before its own script: the desktop shell's bridge, with a real MessagePort whose other end leads to the
 * headless service. Knows nothing outside of itself, since it is carried into the page as text.
 */
export function standInForBridge(): void {
  const said = {
    menus: [] as ShellMenu[][],
    words: [] as ShellWords[],
    themes: [] as string[],
    documents: [] as [string, boolean][],
    dragged: [] as (readonly number[])[],
    opened: [] as [number, number][],
    command: null as ((id: string) => void) | null,
    file: null as ((file: ShellFile) => void) | null,
  }
  const bridge: ShellBridge = {
    platform: 'linux',
    requestPort: () => {
      const { port1, port2 } = new MessageChannel()
      const address = new URL('/contract', location.href)
      address.protocol = 'ws:'
      const socket = new WebSocket(address)
      const early: unknown[] = []
      port1.onmessage = ({ data }) => {
        if (socket.readyState === 1) socket.send(JSON.stringify(data))
        else early.push(data)
      }
      socket.onopen = () => {
        for (const data of early) socket.send(JSON.stringify(data))
      }
      socket.onmessage = ({ data }) => {
        port1.postMessage(JSON.parse(String(data)))
      }
      socket.onclose = () => {
        port1.close()
      }
      window.postMessage('attune:port', '*', [port2])
    },
    chooseFolder: () => Promise.resolve(null),
    revealPicture: () => Promise.resolve(),
    startDrag: (ids) => said.dragged.push(ids),
    setDocument: (name, isEdited) => said.documents.push([name, isEdited]),
    setTheme: (theme) => said.themes.push(theme),
    setMenu: (menus, words) => {
      said.menus.push([...menus])
      said.words.push(words)
    },
    openMenu: (x, y) => said.opened.push([x, y]),
    onCommand: (listener) => {
      said.command = listener
    },
    onFile: (listener) => {
      said.file = listener
    },
  }
  Object.assign(window, { attune: bridge, said })
}
