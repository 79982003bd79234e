import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { answerWindow } from './answer-window.ts'
import { channels } from './channels.ts'
import { closeDebugging } from './dev-tools.ts'
import type { ElectronParts } from './electron-parts.ts'
import { EngineService } from './engine-service.ts'
import { guardContents, guardSession } from './guard-window.ts'
import { openWindow } from './open-window.ts'
import { findFile, readOpenedFile } from './opened-file.ts'
import { ShellSpeech } from './shell-words.ts'
import { serveStudio, studioScheme } from './studio-protocol.ts'

/**
 * Windows, menu, dialogs and processes, and nothing else: everything that counts is behind the window's contract.
 *
 * @param folder of the bundles (`dist`)
 */
export async function startShell(parts: ElectronParts, folder: string): Promise<void> {
  const { app, protocol, session } = parts
  closeDebugging(app)
  // Before anything is written there: what Chromium keeps lies beside the library, not in it.
  app.setPath('userData', join(app.getPath('appData'), 'Attune', 'Window'))
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  // Windows shows notices under this name, which the installer gives too.
  if (process.platform === 'win32') app.setAppUserModelId('app.attune.studio')
  protocol.registerSchemesAsPrivileged([studioScheme])
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents)
  })
  const files = fileRequests(parts)
  let window: BrowserWindow | null = null
  // A second start may come before there is a window, or when it is closed and the service still ends.
  app.on('second-instance', (_event, words, itsFolder) => {
    if (window?.isDestroyed() === false) {
      if (window.isMinimized()) window.restore()
      window.focus()
    }
    files.open(findFile(words, itsFolder))
  })
  await app.whenReady()
  guardSession(session.defaultSession)
  const speech = new ShellSpeech()
  const engine = startEngine(parts, folder, speech)
  serveStudio(protocol, join(folder, 'studio'), engine.readPicture)
  window = openWindow(parts, folder, speech)
  answerWindow(parts, { engine, window, speech, folder })
  files.sendTo(window)
  endWithWindow(parts, engine)
}

function startEngine(parts: ElectronParts, folder: string, speech: ShellSpeech): EngineService {
  const { app, dialog, MessageChannelMain, utilityProcess } = parts
  const bundle = (name: string): string => join(folder, 'engine', `${name}.cjs`)
  const library = app.commandLine.getSwitchValue('library')
  const engine = new EngineService({
    parts: {
      fork: (file, args, serviceName) => utilityProcess.fork(file, [...args], { serviceName, stdio: 'pipe' }),
      makeChannel: () => new MessageChannelMain(),
    },
    files: {
      service: bundle('service'),
      worker: bundle('worker'),
      media: bundle('media'),
      prompts: bundle('prompts'),
    },
    library: library === '' ? undefined : library,
    onTrouble: (lastWords) => {
      // Not the box that waits for an answer: the service is started again meanwhile.
      void dialog.showMessageBox({ type: 'error', message: speech.words.serviceEnds, detail: lastWords })
    },
  })
  engine.start()
  return engine
}

/** The service stops in good order before the program ends. */
function endWithWindow({ app }: ElectronParts, engine: EngineService): void {
  let isEnding = false
  app.on('window-all-closed', () => {
    app.quit()
  })
  app.on('will-quit', (event) => {
    if (isEnding) return
    isEnding = true
    event.preventDefault()
    void engine.end().then(() => {
      app.quit()
    })
  })
}

interface FileRequests {
  readonly open: (path: string | undefined) => void
  /** What was asked for before there was a window is sent when its page has loaded. */
  readonly sendTo: (window: BrowserWindow) => void
}

/** Pictures that the system asks to open: by its own event (macOS) or on the command line. */
function fileRequests({ app }: ElectronParts): FileRequests {
  const waiting: string[] = []
  let send: ((path: string) => void) | null = null
  const open = (path: string | undefined): void => {
    if (path === undefined) return
    if (send === null) waiting.push(path)
    else send(path)
  }
  app.on('open-file', (event, path) => {
    event.preventDefault()
    open(path)
  })
  open(findFile(process.argv, process.cwd()))
  return {
    open,
    sendTo: (window) => {
      window.webContents.on('did-finish-load', () => {
        send = (path) => void sendFile(app, window, path)
        for (const path of waiting.splice(0)) send(path)
      })
    },
  }
}

async function sendFile(app: ElectronParts['app'], window: BrowserWindow, path: string): Promise<void> {
  const file = await readOpenedFile(path)
  if (file === null) return
  // Linux keeps no such list of its own.
  if (process.platform !== 'linux') app.addRecentDocument(path)
  window.webContents.send(channels.file, file)
}
