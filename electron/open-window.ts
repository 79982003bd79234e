import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import type { ElectronParts } from './electron-parts.ts'
import { pageAddress } from './guard-window.ts'
import { keepWindow, recallWindow } from './window-memory.ts'
import { windowOptions } from './window-options.ts'

/**
 * Opens the one window where it was last, with the studio's page in it.
 *
 * @param folder of the bundles
 */
export function openWindow({ app, BrowserWindow, screen }: ElectronParts, folder: string): BrowserWindow {
  const memory = join(app.getPath('userData'), 'window.json')
  const { bounds, isMaximized, isFullScreen } = recallWindow(
    memory,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  )
  const preload = join(folder, 'shell', 'preload.cjs')
  const window = new BrowserWindow(windowOptions(preload, bounds, process.platform === 'darwin'))
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
  // What was drawn is in the library; the page takes it up from there.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload()
  })
  void window.loadURL(pageAddress)
  return window
}
