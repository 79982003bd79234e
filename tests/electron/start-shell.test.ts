import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { menuTemplate } from '../../electron/application-menu.ts'
import { channels } from '../../electron/channels.ts'
import { makeBridge } from '../../electron/make-bridge.ts'
import { type ElectronParts, startShell } from '../../electron/start-shell.ts'
import { contentSecurityPolicy } from '../../electron/studio-protocol.ts'
import { commands } from '../../renderer/commands/commands.ts'
import { english } from '../../renderer/text/english.ts'
import { ElectronStandIn } from './electron-stand-in.ts'

const fromPage = (url = 'studio://app/index.html') => ({
  senderFrame: { parent: null, url, postMessage: () => undefined },
})

/** The shell, started on the stand-in. */
async function start(isFirst = true) {
  const standIn = new ElectronStandIn()
  const userData = mkdtempSync(join(tmpdir(), 'attune-shell-'))
  const processes: object[] = []
  const contents = standIn.make<object>('WebContents')
  const windows: { made: object; options: Record<string, unknown> }[] = []
  const app = standIn.make<ElectronParts['app']>('App', {
    requestSingleInstanceLock: () => isFirst,
    whenReady: () => Promise.resolve(),
    getPath: () => userData,
  })
  const ipcMain = standIn.make<ElectronParts['ipcMain']>('IpcMain')
  const session = standIn.make<object>('Session')
  const protocol = standIn.make<ElectronParts['protocol']>('Protocol')
  const parts = {
    app,
    ipcMain,
    protocol,
    BrowserWindow: function (options: Record<string, unknown>) {
      const made = standIn.make<object>('BrowserWindow', {
        webContents: contents,
        isMinimized: () => true,
        loadURL: () => Promise.resolve(),
        getNormalBounds: () => ({ x: 1, y: 2, width: 1000, height: 700 }),
      })
      windows.push({ made, options })
      return made
    },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => undefined },
    MessageChannelMain: function () {
      return { port1: standIn.make<object>('MessagePortMain'), port2: standIn.make<object>('MessagePortMain') }
    },
    dialog: standIn.make<object>('Dialog', {
      showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: ['/models'] }),
    }),
    session: { defaultSession: session },
    shell: standIn.make<object>('Shell'),
    utilityProcess: {
      fork: () => {
        const child = standIn.make<object>('UtilityProcess')
        processes.push(child)
        return child
      },
    },
  } as unknown as ElectronParts // a stand-in whose every member is checked against the declarations when it is used
  await startShell(parts, '/app/dist')
  return { standIn, app, ipcMain, contents, session, windows, processes, protocol }
}

describe('the desktop shell', () => {
  it('opens one sandboxed window without Node in it', async () => {
    const { windows } = await start()
    expect(windows).toHaveLength(1)
    expect(windows[0]?.options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    })
  })

  it('leaves at once when it runs already', async () => {
    const { standIn, windows } = await start(false)
    expect(standIn.of('App', 'quit')).toHaveLength(1)
    expect(windows).toEqual([])
  })

  it('lets the page go nowhere, open nothing and have no permission it does not need', async () => {
    const { standIn, contents, session } = await start()
    const event = { isPrevented: false, preventDefault: () => (event.isPrevented = true) }
    standIn.emit(contents, 'will-navigate', event)
    expect(event.isPrevented).toBe(true)
    const [open] = standIn.of('WebContents', 'setWindowOpenHandler')[0] as [() => unknown]
    expect(open()).toEqual({ action: 'deny' })
    const [check] = standIn.of('Session', 'setPermissionCheckHandler')[0] as [
      (contents: unknown, permission: string) => boolean,
    ]
    expect(['media', 'geolocation', 'midi', 'notifications'].map((name) => check(null, name))).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(session).toBeDefined()
  })

  it('answers its own page only', async () => {
    const { standIn, ipcMain } = await start()
    expect(await standIn.emit(ipcMain, channels.chooseFolder, fromPage())).toBe('/models')
    expect(await standIn.emit(ipcMain, channels.chooseFolder, fromPage('https://example.org/'))).toBeNull()
    expect(await standIn.emit(ipcMain, channels.chooseFolder, { senderFrame: null })).toBeNull()
  })

  it('joins page and service with a port, and forks what the service asks for', async () => {
    const { standIn, ipcMain, processes } = await start()
    standIn.emit(ipcMain, channels.requestPort, fromPage())
    const [service] = processes
    if (service === undefined) throw new Error('no service was started')
    expect(standIn.of('UtilityProcess', 'postMessage')[0]?.[0]).toEqual({ kind: 'window' })
    standIn.emit(service, 'message', { kind: 'fork', process: 7, name: 'worker', args: [] })
    expect(processes).toHaveLength(2)
    const told = standIn.of('UtilityProcess', 'postMessage').map(([message]) => message)
    expect(told).toContainEqual({ kind: 'child', process: 7 })
    const worker = processes[1]
    if (worker !== undefined) standIn.emit(worker, 'exit', 9)
    expect(standIn.of('UtilityProcess', 'postMessage').map(([message]) => message)).toContainEqual({
      kind: 'exit',
      process: 7,
      code: 9,
    })
  })

  it('serves the page and pictures by id, and no path of anybody', async () => {
    const { standIn } = await start()
    const [scheme, serve] = standIn.of('Protocol', 'handle')[0] as [string, (request: Request) => Promise<Response>]
    expect(scheme).toBe('studio')
    const status = async (url: string) => (await serve(new Request(url))).status
    for (const url of [
      'studio://app/../../etc/passwd',
      'studio://app/%2e%2e/%2e%2e/etc/passwd.js',
      'studio://image/0',
      'studio://image/1/other',
      'studio://other/index.html',
    ]) {
      expect([url, await status(url)]).toEqual([url, 404])
    }
    expect(contentSecurityPolicy).toContain("script-src 'self'")
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/)
  })

  it('has a menu of commands that exist, under the names they have everywhere', () => {
    const ran: string[] = []
    const items = menuTemplate(false, (id) => ran.push(id))
      .flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))
      .filter(({ type }) => type !== 'separator')
    for (const { id, label } of items) {
      const command = commands.find((one) => one.id === id)
      expect([id, label]).toEqual([id, command === undefined ? undefined : english[command.label]])
    }
  })
})

describe('the preload', () => {
  it('gives the page calls, and hands over ports', () => {
    const standIn = new ElectronStandIn()
    const ipc = standIn.make<Parameters<typeof makeBridge>[0]>('IpcRenderer', { invoke: () => Promise.resolve(null) })
    const handed: unknown[] = []
    const bridge = makeBridge(ipc, { postMessage: (...values: unknown[]) => handed.push(values) }, 'linux')
    bridge.requestPort()
    bridge.setDocument('Lake', true)
    void bridge.chooseFolder()
    const heard: string[] = []
    bridge.onCommand((id) => heard.push(id))
    standIn.emit(ipc, channels.command, {}, 'edit.undo')
    standIn.emit(ipc, channels.command, {}, { hostile: true })
    standIn.emit(ipc, channels.port, { ports: ['port'] })
    expect(heard).toEqual(['edit.undo'])
    expect(handed).toEqual([[channels.port, '*', ['port']]])
    expect(standIn.of('IpcRenderer', 'send').map(([name]) => name)).toEqual([
      channels.requestPort,
      channels.setDocument,
    ])
  })
})

describe('the packaged program', () => {
  it('has its fuses blown and its native parts outside of the archive', () => {
    const made = parse(
      readFileSync(join(import.meta.dirname, '..', '..', 'build', 'electron-builder.yml'), 'utf8'),
    ) as Record<string, unknown>
    expect(made['electronFuses']).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    })
    expect(made['asarUnpack']).toContain('**/*.node')
    expect(made).toMatchObject({ win: {}, mac: {}, linux: {} })
  })
})

describe('the stand-in', () => {
  it('refuses names, events and arguments that Electron does not declare', () => {
    const standIn = new ElectronStandIn()
    // Each name is one Electron never had.
    const app = standIn.make<Record<string, (...values: unknown[]) => unknown>>('App')
    expect(() => app['makeCoffee']).toThrow('has no "makeCoffee"')
    expect(() => app['on']?.('sunrise', () => undefined)).toThrow('no event "sunrise"')
    expect(() => app['getPath']?.()).toThrow('arguments')
  })
})
