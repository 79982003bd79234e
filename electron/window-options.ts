import type { BrowserWindowConstructorOptions, TitleBarOverlayOptions } from 'electron'

export interface WindowBounds {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
}

export const leastWidth = 960
export const leastHeight = 600
export const defaultBounds: WindowBounds = { width: 1440, height: 900 }

/** Height of the window's own top bar (`--top-h`), CSS pixels. */
const topBarHeight = 44

/** The system's buttons over the window's top bar, in the colours of its panels. */
export const titleBarColours: Readonly<Record<'dark' | 'light', Required<TitleBarOverlayOptions>>> = {
  dark: { color: '#1a1b1d', symbolColor: '#edeef0', height: topBarHeight - 1 },
  light: { color: '#f5f6f7', symbolColor: '#1e2124', height: topBarHeight - 1 },
}

export interface WindowWishes {
  readonly preload: string
  readonly bounds: WindowBounds
  readonly isMac: boolean
  /** Whether the page can be looked into and changed by Chromium's developer tools. */
  readonly hasDevTools: boolean
}

/** The one window: no Node in the page, its own world for the preload, the operating system's sandbox around it. */
export const windowOptions = ({
  preload,
  bounds,
  isMac,
  hasDevTools,
}: WindowWishes): BrowserWindowConstructorOptions => ({
  ...bounds,
  minWidth: leastWidth,
  minHeight: leastHeight,
  show: false,
  backgroundColor: titleBarColours.dark.color,
  titleBarStyle: isMac ? 'hiddenInset' : 'hidden',
  ...(isMac ? { trafficLightPosition: { x: 14, y: 14 } } : { titleBarOverlay: titleBarColours.dark }),
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
    devTools: hasDevTools,
  },
})
