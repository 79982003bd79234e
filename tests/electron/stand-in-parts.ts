import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronParts } from '../../electron/electron-parts.ts'
import { StandInChannel } from './channel-stand-in.ts'
import { ElectronStandIn } from './electron-stand-in.ts'

/** What a test may want otherwise. */
export interface StandInWishes {
  /** Whether no other copy of the program runs; default yes. */
  readonly isFirst?: boolean
  /** Forks a process; default: one that does nothing. */
  readonly fork?: (file: string, args: readonly string[]) => object
  /** Value of `--library`. */
  readonly library?: string
  /** Whether it is the installed program; default no. */
  readonly isPackaged?: boolean
  /** Folder of application data; default: a fresh one. */
  readonly appData?: string
}

/** A stand-in of Electron with everything the shell uses, and what it made. */
export interface StandInShell {
  readonly standIn: ElectronStandIn
  readonly parts: ElectronParts
  readonly app: object
  readonly ipcMain: object
  readonly protocol: object
  readonly contents: object
  readonly windows: readonly { readonly made: object; readonly options: Record<string, unknown> }[]
  readonly processes: readonly object[]
  /** Folder that stands for the system's folder of application data. */
  readonly appData: string
}

/** A message as it comes from the main frame of a page. */
export const fromPage = (
  url = 'studio://app/index.html',
  postMessage: (...values: unknown[]) => void = () => undefined,
) => ({
  senderFrame: { parent: null, url, postMessage },
})

/** A fresh stand-in; every name, event and number of arguments is checked against Electron's declarations when it is used. */
export function makeStandInParts({
  isFirst = true,
  fork,
  library = '',
  isPackaged = false,
  ...wishes
}: StandInWishes = {}): StandInShell {
  const standIn = new ElectronStandIn()
  const appData = wishes.appData ?? mkdtempSync(join(tmpdir(), 'attune-shell-'))
  const processes: object[] = []
  const windows: { made: object; options: Record<string, unknown> }[] = []
  const contents = standIn.make<object>('WebContents')
  const app = standIn.make<object>('App', {
    requestSingleInstanceLock: () => isFirst,
    whenReady: () => Promise.resolve(),
    getPath: () => appData,
    isPackaged,
    commandLine: standIn.make('CommandLine', { getSwitchValue: () => library }),
  })
  const ipcMain = standIn.make<object>('IpcMain')
  const protocol = standIn.make<object>('Protocol')
  const utilityProcess = standIn.make<object>('UtilityProcess', {
    fork: (file: string, args: readonly string[]) => {
      const child = fork === undefined ? standIn.make<object>('UtilityProcess') : fork(file, args)
      processes.push(child)
      return child
    },
  })
  const parts = {
    app,
    ipcMain,
    protocol,
    utilityProcess,
    BrowserWindow: windowMaker(standIn, contents, windows),
    Menu: standIn.make<object>('Menu', { buildFromTemplate: (template: unknown) => template }),
    MessageChannelMain: StandInChannel,
    dialog: standIn.make<object>('Dialog', {
      showMessageBox: () => Promise.resolve({ response: 0, checkboxChecked: false }),
      showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: ['/models'] }),
    }),
    screen: standIn.make<object>('Screen', {
      getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
    }),
    session: { defaultSession: standIn.make('Session', { webRequest: standIn.make('WebRequest') }) },
    shell: standIn.make<object>('Shell'),
  } as unknown as ElectronParts // a stand-in whose every member is checked against the declarations when it is used
  return { standIn, parts, app, ipcMain, protocol, contents, windows, processes, appData }
}

const windowMaker = (
  standIn: ElectronStandIn,
  contents: object,
  windows: { made: object; options: Record<string, unknown> }[],
) =>
  function (options: Record<string, unknown>) {
    const made = standIn.make<object>('BrowserWindow', {
      webContents: contents,
      isDestroyed: () => false,
      isMinimized: () => true,
      isMaximized: () => false,
      isFullScreen: () => false,
      loadURL: () => Promise.resolve(),
      getNormalBounds: () => ({ x: 1, y: 2, width: 1000, height: 700 }),
    })
    windows.push({ made, options })
    return made
  }
