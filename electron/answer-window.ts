import { join } from 'node:path'
import type { BrowserWindow, IpcMainEvent } from 'electron'
import { menuTemplate } from './application-menu.ts'
import { channels } from './channels.ts'
import type { ElectronParts } from './electron-parts.ts'
import type { EngineService } from './engine-service.ts'
import { isFromPage } from './guard-window.ts'
import { readMenus } from './read-menus.ts'
import type { ShellSpeech } from './shell-words.ts'
import { titleBarColours } from './window-options.ts'

const mostDragged = 200
const longestName = 200
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0

interface Answering {
  readonly engine: EngineService
  readonly window: BrowserWindow
  readonly speech: ShellSpeech
  /** Of the bundles. */
  readonly folder: string
}

/** Everything the page can ask the shell for. Who asks is looked at each time. */
export function answerWindow(parts: ElectronParts, answering: Answering): void {
  const { ipcMain } = parts
  const { engine, window } = answering
  const listen = (channel: string, listener: (event: IpcMainEvent, ...values: unknown[]) => void): void => {
    ipcMain.on(channel, (event, ...values: unknown[]) => {
      if (isFromPage(event)) listener(event, ...values)
    })
  }
  listen(channels.requestPort, (event) => {
    event.senderFrame?.postMessage(channels.port, null, [engine.openWindow()])
  })
  listen(channels.setDocument, (_event, name, isEdited) => {
    if (typeof name !== 'string') return
    window.setTitle(name === '' ? 'Attune' : `${name.slice(0, longestName)} · Attune`)
    window.setDocumentEdited(isEdited === true)
  })
  listen(channels.setTheme, (_event, theme) => {
    const colours = theme === 'light' ? titleBarColours.light : titleBarColours.dark
    window.setBackgroundColor(colours.color)
    if (process.platform !== 'darwin') window.setTitleBarOverlay(colours)
  })
  answerPictures(parts, answering)
  answerMenus(parts, answering, listen)
}

type Listen = (channel: string, listener: (event: IpcMainEvent, ...values: unknown[]) => void) => void

function answerPictures({ dialog, ipcMain, shell }: ElectronParts, { engine, window, folder }: Answering): void {
  ipcMain.handle(channels.chooseFolder, async (event) => {
    if (!isFromPage(event)) return null
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory'] })
    return canceled ? null : (filePaths[0] ?? null)
  })
  ipcMain.handle(channels.revealPicture, async (event, id: unknown) => {
    const [path] = isFromPage(event) && isId(id) ? await engine.locatePictures([id]) : []
    if (path !== undefined) shell.showItemInFolder(path)
  })
  ipcMain.on(channels.startDrag, (event, ids: unknown) => {
    if (!isFromPage(event) || !Array.isArray(ids)) return
    void engine.locatePictures(ids.filter(isId).slice(0, mostDragged)).then(([file, ...others]) => {
      // What hangs on the pointer meanwhile.
      const icon = join(folder, 'shell', 'drag.png')
      if (file !== undefined) event.sender.startDrag({ file, files: [file, ...others], icon })
    })
  })
}

function answerMenus({ app, Menu }: ElectronParts, { window, speech }: Answering, listen: Listen): void {
  const isMac = process.platform === 'darwin'
  const run = (id: string): void => {
    window.webContents.send(channels.command, id)
  }
  const show = (menus: ReturnType<typeof readMenus>): void => {
    if (menus === null) return
    const { words } = speech
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({ menus, words, isMac, run })))
    // The window's own top bar has a mark that opens it; a bar above that one would be a second.
    if (!isMac) window.setMenuBarVisibility(false)
    const recent = menus.filter(({ id }) => id === 'recent')
    const ofDock = menuTemplate({ menus: recent, words, isMac: false, run }).slice(0, 1)
    if (recent.length > 0) app.dock?.setMenu(Menu.buildFromTemplate(ofDock))
  }
  show([])
  listen(channels.setMenu, (_event, menus, words) => {
    speech.learn(words)
    show(readMenus(menus))
  })
  listen(channels.openMenu, (_event, x, y) => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return
    Menu.getApplicationMenu()?.popup({ window, x: Math.round(Number(x)), y: Math.round(Number(y)) })
  })
}
