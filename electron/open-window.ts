import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { allowsDevTools } from './dev-tools.ts'
import type { ElectronParts } from './electron-parts.ts'
import { pageAddress } from './guard-window.ts'
import type { ShellSpeech } from './shell-words.ts'
import { keepWindow, recallWindow } from './window-memory.ts'
import { windowOptions } from './window-options.ts'

/**
 * Opens the one window where it was last, with the studio's page in it.
 *
 * @param folder of the bundles
 */
export function openWindow(
  { app, BrowserWindow, dialog, screen }: ElectronParts,
  folder: string,
  speech: ShellSpeech,
): BrowserWindow {
  const memory = join(app.getPath('userData'), 'window.json')
  const { bounds, isMaximized, isFullScreen } = recallWindow(
    memory,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  )
  const preload = join(folder, 'shell', 'preload.cjs')
  const isMac = process.platform === 'darwin'
  const window = new BrowserWindow(windowOptions({ preload, bounds, isMac, hasDevTools: allowsDevTools(app) }))
  if (isMaximized) window.maximize()
  if (isFullScreen) window.setFullScreen(true)
  window.once('ready-to-show', () => {
    window.show()
  })
  window.on('close', () => {
    keepWindow(memory, {
      bounds: window.getNormalBounds(),
      isMaximized: window.isMaximized(),
      isFullScreen: window.isFullScreen(),
    })
  })
  bringBackPage(dialog, window, speech)
  void window.loadURL(pageAddress)
  return window
}

const mostDeaths = 3
const deathsWithinMs = 60_000

/** What was drawn is in the library; a page that died takes it up from there, unless it dies again and again. */
function bringBackPage(dialog: ElectronParts['dialog'], window: BrowserWindow, speech: ShellSpeech): void {
  let deaths: readonly number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    deaths = [...deaths, Date.now()].filter((at) => at > Date.now() - deathsWithinMs)
    if (deaths.length <= mostDeaths) window.webContents.reload()
    else void dialog.showMessageBox(window, { type: 'error', message: speech.words.pageEnds, detail: reason })
  })
}
