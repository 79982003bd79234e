import { contextBridge, ipcRenderer } from 'electron'
import { makeBridge, type PageWindow } from './make-bridge.ts'

// The preload runs in a page: its global object is a window.
const page = globalThis as unknown as PageWindow

contextBridge.exposeInMainWorld('attune', makeBridge(ipcRenderer, page, process.platform))
