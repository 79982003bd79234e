import type { IpcRenderer } from 'electron'
import type { ShellBridge, ShellFile } from '../engine/contract/shell-bridge.ts'
import { channels } from './channels.ts'

/** The page's window, as far as the preload uses it. */
export interface PageWindow {
  readonly postMessage: (message: string, origin: string, ports: readonly unknown[]) => void
}

const isFile = (value: unknown): value is ShellFile =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'bytes' in value &&
  value.bytes instanceof Uint8Array

const platformOf = (platform: string): ShellBridge['platform'] =>
  platform === 'darwin' || platform === 'win32' ? platform : 'linux'

/** What the preload gives to the page: calls with plain values, never a piece of Electron itself. */
export function makeBridge(ipc: IpcRenderer, window: PageWindow, platform: string): ShellBridge {
  ipc.on(channels.port, (event) => {
    window.postMessage(channels.port, 'studio://app', event.ports)
  })
  return {
    platform: platformOf(platform),
    requestPort: () => {
      ipc.send(channels.requestPort)
    },
    // The shell answers each of these with what its name says.
    chooseFolder: () => ipc.invoke(channels.chooseFolder) as Promise<string | null>,
    revealPicture: (id) => ipc.invoke(channels.revealPicture, id) as Promise<void>,
    startDrag: (ids) => {
      ipc.send(channels.startDrag, ids)
    },
    setDocument: (name, isEdited) => {
      ipc.send(channels.setDocument, name, isEdited)
    },
    setTheme: (theme) => {
      ipc.send(channels.setTheme, theme)
    },
    setMenu: (menus, words) => {
      ipc.send(channels.setMenu, menus, words)
    },
    openMenu: (x, y) => {
      ipc.send(channels.openMenu, x, y)
    },
    onCommand: (listener) => {
      ipc.on(channels.command, (_event, id: unknown) => {
        if (typeof id === 'string') listener(id)
      })
    },
    onFile: (listener) => {
      ipc.on(channels.file, (_event, file: unknown) => {
        if (isFile(file)) listener(file)
      })
    },
  }
}
