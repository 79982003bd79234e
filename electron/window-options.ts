import type { BrowserWindowConstructorOptions } from 'electron'

export interface WindowBounds {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}

export const defaultBounds: WindowBounds = { width: 1440, height: 900 }

/** The one window: no Node in the page, its own world for the preload, the operating system's sandbox around it. */
export const windowOptions = (preload: string, bounds: WindowBounds): BrowserWindowConstructorOptions => ({
  ...bounds,
  minWidth: 960,
  minHeight: 600,
  show: false,
  backgroundColor: '#1a1b1d',
  titleBarStyle: process.platform === 'darwin' ? 'hiddenInset' : 'default',
  webPreferences: {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  },
})
