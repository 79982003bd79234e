import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { channels } from '../../electron/channels.ts'
import { readShellWords } from '../../electron/shell-words.ts'
import { startShell } from '../../electron/start-shell.ts'
import { contentSecurityPolicy } from '../../electron/studio-protocol.ts'
import { titleBarColours } from '../../electron/window-options.ts'
import { fromPage, makeStandInParts, type StandInWishes } from './stand-in-parts.ts'

/** The shell, started on the stand-in. */
async function start(wishes: StandInWishes = {}) {
  const made = makeStandInParts(wishes)
  await startShell(made.parts, '/app/dist')
  return made
}

const prevented = () => {
  const event = { isPrevented: false, preventDefault: () => (event.isPrevented = true) }
  return event
}

describe('the desktop shell', () => {
  it('opens one sandboxed window without Node in it', async () => {
    const { windows, standIn } = await start()
    expect(windows).toHaveLength(1)
    expect(windows[0]?.options['webPreferences']).toEqual({
      preload: join('/app/dist', 'shell', 'preload.cjs'),
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
      devTools: true,
    })
    expect(standIn.of('App', 'enableSandbox')).toHaveLength(1)
    expect(standIn.of('BrowserWindow', 'loadURL')).toEqual([['studio://app/index.html']])
  })

  it.each([
    ['while it is developed', false, undefined, true],
    ['in an installed program', true, undefined, false],
    ['in an installed program whose user wants them', true, '1', true],
    ['in an installed program whose user does not', true, '0', false],
  ] as const)('decides about developer tools, and every other door to them, %s', async (_, isPackaged, wish, has) => {
    vi.stubEnv('ATTUNE_DEVTOOLS', wish)
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const { windows, standIn } = await start({ isPackaged })
    expect(windows[0]?.options['webPreferences']).toMatchObject({ devTools: has })
    const closed = standIn.of('CommandLine', 'removeSwitch').flat()
    expect(closed).toEqual(has ? [] : ['remote-debugging-port', 'remote-debugging-pipe', 'auto-open-devtools-for-tabs'])
    const order = standIn.calls.map(({ method }) => method)
    if (!has) expect(order.lastIndexOf('removeSwitch')).toBeLessThan(order.indexOf('whenReady'))
  })

  it('leaves at once when it runs already', async () => {
    const { standIn, windows } = await start({ isFirst: false })
    expect(standIn.of('App', 'quit')).toHaveLength(1)
    expect(windows).toEqual([])
  })

  it('keeps what Chromium writes beside the library, before it takes its lock', async () => {
    const { standIn, appData } = await start()
    const names = standIn.calls.filter(({ type }) => type === 'App').map(({ method }) => method)
    expect(standIn.of('App', 'setPath')).toEqual([['userData', join(appData, 'Attune', 'Window')]])
    expect(names.indexOf('setPath')).toBeLessThan(names.indexOf('requestSingleInstanceLock'))
  })

  it('lets the page go nowhere and open nothing', async () => {
    const { standIn, app, contents } = await start()
    standIn.emit(app, 'web-contents-created', {}, contents)
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const event = prevented()
      standIn.emit(contents, name, event)
      expect([name, event.isPrevented]).toEqual([name, true])
    }
    const [open] = standIn.of('WebContents', 'setWindowOpenHandler')[0] as [() => unknown]
    expect(open()).toEqual({ action: 'deny' })
  })

  it('gives pages no permission but notices and writing to the clipboard, no device and no network', async () => {
    const { standIn } = await start()
    const handlerOf = (type: string, method: string) =>
      standIn.of(type, method)[0]?.[0] as (...values: unknown[]) => unknown
    const all = ['media', 'geolocation', 'midi', 'hid', 'usb', 'openExternal', 'fileSystem', 'clipboard-read'] as const
    const wanted = [...all, 'notifications', 'clipboard-sanitized-write']
    const check = handlerOf('Session', 'setPermissionCheckHandler')
    const request = handlerOf('Session', 'setPermissionRequestHandler')
    const asked = wanted.map((name) => {
      let decided: unknown
      request(null, name, (answer: unknown) => (decided = answer))
      return decided
    })
    const expected = [...all.map(() => false), true, true]
    expect(wanted.map((name) => check(null, name))).toEqual(expected)
    expect(asked).toEqual(expected)
    expect(handlerOf('Session', 'setDevicePermissionHandler')({})).toBe(false)
    const before = handlerOf('WebRequest', 'onBeforeRequest')
    const isCancelled = (url: string) => {
      let decided: unknown
      before({ url }, (answer: unknown) => (decided = answer))
      return decided
    }
    for (const url of ['https://example.org/', 'http://127.0.0.1/', 'file:///etc/passwd', 'studio://other/', 'data:,a'])
      expect([url, isCancelled(url)]).toEqual([url, { cancel: true }])
    for (const url of ['studio://app/index.html', 'studio://app/image/1', 'blob:studio://app/0'])
      expect([url, isCancelled(url)]).toEqual([url, { cancel: false }])
  })

  it('answers its own page only', async () => {
    const { standIn, ipcMain } = await start()
    const ask = (sender: object) => standIn.emit(ipcMain, channels.chooseFolder, sender)
    expect(await ask(fromPage())).toBe('/models')
    expect(await ask(fromPage('https://example.org/'))).toBeNull()
    expect(await ask(fromPage('studio://app.example.org/'))).toBeNull()
    expect(await ask({ senderFrame: null })).toBeNull()
    expect(await ask({ senderFrame: { parent: {}, url: 'studio://app/index.html' } })).toBeNull()
    const names = Object.values(channels).filter((name) => name !== channels.chooseFolder && name !== channels.port)
    const before = standIn.calls.length
    for (const name of names) standIn.emit(ipcMain, name, fromPage('https://example.org/'), 1, 2)
    expect(standIn.calls.slice(before)).toEqual([])
  })

  it('serves the page, and no path of anybody', async () => {
    const { standIn } = await start()
    const [scheme, serve] = standIn.of('Protocol', 'handle')[0] as [string, (request: Request) => Promise<Response>]
    expect(scheme).toBe('studio')
    const status = async (url: string) => (await serve(new Request(url))).status
    for (const url of [
      'studio://app/../../etc/passwd',
      'studio://app/%2e%2e/%2e%2e/etc/passwd.js',
      'studio://app/%zz.js',
      'studio://app/image/0',
      'studio://app/image/1/other',
      'studio://app/image/99999999999999999999',
      'studio://image/1',
      'studio://other/index.html',
    ]) {
      expect([url, await status(url)]).toEqual([url, 404])
    }
    expect((await serve(new Request('studio://app/index.html', { method: 'POST' }))).status).toBe(405)
    expect(contentSecurityPolicy).toContain("script-src 'self'")
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:|data:/)
  })

  it('comes back where it was, but never where no display is', async () => {
    const first = makeStandInParts()
    const memory = join(first.appData, 'window.json')
    await startShell(first.parts, '/app/dist')
    first.standIn.emit(first.windows[0]?.made ?? {}, 'close')
    const kept = JSON.parse(readFileSync(memory, 'utf8'))
    expect(kept).toEqual({ bounds: { x: 1, y: 2, width: 1000, height: 700 }, isMaximized: false, isFullScreen: false })
    const reopen = async (bounds: object) => {
      writeFileSync(memory, JSON.stringify({ ...kept, isMaximized: true, bounds }))
      const { windows, standIn } = await start({ appData: first.appData })
      const { x, y, width, height } = windows[0]?.options ?? {}
      return { at: [x, y, width, height], isMaximized: standIn.of('BrowserWindow', 'maximize').length === 1 }
    }
    expect(await reopen({ x: 10, y: 20, width: 1000, height: 700 })).toEqual({
      at: [10, 20, 1000, 700],
      isMaximized: true,
    })
    expect((await reopen({ x: 5000, y: 20, width: 1000, height: 700 })).at).toEqual([undefined, undefined, 1000, 700])
    expect(await reopen({ x: 'far' })).toEqual({ at: [undefined, undefined, 1440, 900], isMaximized: false })
  })

  it('brings a page that died back, unless it dies again and again', async () => {
    const { standIn, contents, windows } = await start()
    standIn.emit(contents, 'render-process-gone', {}, { reason: 'crashed' })
    expect(standIn.of('WebContents', 'reload')).toHaveLength(1)
    for (const reason of ['oom', 'crashed', 'crashed', 'clean-exit']) {
      standIn.emit(contents, 'render-process-gone', {}, { reason })
    }
    expect([standIn.of('WebContents', 'reload'), standIn.of('Dialog', 'showMessageBox')]).toEqual([
      [[], [], []],
      [[windows[0]?.made, { type: 'error', message: readShellWords(null).pageEnds, detail: 'crashed' }]],
    ])
  })

  it('shows its system buttons in the colours of the panels', () => {
    const tokens = readFileSync(join(import.meta.dirname, '../../renderer/style/tokens.css'), 'utf8')
    expect(tokens).toContain('--top-h: 44px')
    expect([titleBarColours.dark.height, titleBarColours.light.height]).toEqual([43, 43]) // the bar's lower line stays
  })
})
