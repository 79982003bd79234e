import { join } from 'node:path'
import type * as electron from 'electron'
import { menuTemplate } from './application-menu.ts'
import { channels } from './channels.ts'
import { EngineService } from './engine-service.ts'
import { guardWindow, isFromPage, pageAddress } from './guard-window.ts'
import { serveStudio } from './studio-protocol.ts'
import { keepBounds, recallBounds } from './window-memory.ts'
import { windowOptions } from './window-options.ts'

/** The parts of Electron that the shell uses; the real ones, or a stand-in's with the same types. */
export type ElectronParts = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'protocol'
  | 'session'
  | 'shell'
  | 'utilityProcess'
>

const mostDragged = 200
/** What hangs on the pointer while pictures are dragged out. */
const dragIcon = join(import.meta.dirname, 'drag.png')
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0

/** Windows, menu, dialogs and processes, and nothing else: everything that counts is behind the window's contract. */
export async function startShell(parts: ElectronParts, folder: string): Promise<void> {
  const { app, protocol } = parts
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    { scheme: 'studio', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ])
  await app.whenReady()
  const engine = startEngine(parts, folder)
  serveStudio(protocol, join(folder, 'studio'), engine.readPicture)
  const window = openWindow(parts, folder)
  answerWindow(parts, engine, window)
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('window-all-closed', () => {
    engine.end()
    app.quit()
  })
}

function startEngine({ app, MessageChannelMain, utilityProcess }: ElectronParts, folder: string): EngineService {
  const engine = new EngineService(
    {
      fork: (file, args, serviceName) => utilityProcess.fork(file, [...args], { serviceName, stdio: 'pipe' }),
      makeChannel: () => new MessageChannelMain(),
    },
    {
      service: join(folder, 'engine', 'desktop-service.mjs'),
      worker: join(folder, 'engine', 'desktop-worker.mjs'),
      media: join(folder, 'engine', 'desktop-media.mjs'),
    },
    app.getPath('userData'),
  )
  engine.start()
  return engine
}

function openWindow({ app, BrowserWindow, Menu, session }: ElectronParts, folder: string): electron.BrowserWindow {
  const memory = join(app.getPath('userData'), 'window.json')
  const window = new BrowserWindow(windowOptions(join(folder, 'shell', 'preload.cjs'), recallBounds(memory)))
  guardWindow(window.webContents, session.defaultSession)
  window.once('ready-to-show', () => {
    window.show()
  })
  window.on('close', () => {
    keepBounds(memory, window.getNormalBounds())
  })
  const run = (id: string): void => {
    window.webContents.send(channels.command, id)
  }
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform === 'darwin', run)))
  void window.loadURL(pageAddress)
  return window
}

/** Everything the page can ask the shell for. Who asks is looked at each time. */
function answerWindow(
  { dialog, ipcMain, shell }: ElectronParts,
  engine: EngineService,
  window: electron.BrowserWindow,
): void {
  ipcMain.on(channels.requestPort, (event) => {
    if (isFromPage(event)) event.senderFrame?.postMessage(channels.port, null, [engine.openWindow()])
  })
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
      if (file !== undefined) event.sender.startDrag({ file, files: [file, ...others], icon: dragIcon })
    })
  })
  ipcMain.on(channels.setDocument, (event, name: unknown, isEdited: unknown) => {
    if (!isFromPage(event) || typeof name !== 'string') return
    window.setTitle(name === '' ? 'Attune' : `${name} - Attune`)
    window.setDocumentEdited(isEdited === true)
  })
}
