import type { IpcRenderer } from 'electron'
import { channels } from './channels.ts'

/** The page's window, as far as the preload uses it. */
export interface PageWindow {
  readonly postMessage: (message: string, origin: string, ports: readonly unknown[]) => void
}

/** What the preload gives to the page: calls with plain values, never a piece of Electron itself. */
export const makeBridge = (ipc: IpcRenderer, window: PageWindow, platform: NodeJS.Platform) => {
  ipc.on(channels.port, (event: { readonly ports: readonly unknown[] }) => {
    window.postMessage(channels.port, '*', event.ports)
  })
  return {
    platform,
    requestPort: () => {
      ipc.send(channels.requestPort)
    },
    chooseFolder: () => ipc.invoke(channels.chooseFolder),
    revealPicture: (id: number) => ipc.invoke(channels.revealPicture, id),
    startDrag: (ids: readonly number[]) => {
      ipc.send(channels.startDrag, ids)
    },
    setDocument: (name: string, isEdited: boolean) => {
      ipc.send(channels.setDocument, name, isEdited)
    },
    onCommand: (listener: (id: string) => void) => {
      ipc.on(channels.command, (_event, id: unknown) => {
        if (typeof id === 'string') listener(id)
      })
    },
  }
}
