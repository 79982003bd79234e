import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageWhenOlder } from '../../build/desktop/package-desktop.ts'
import { somePng } from '../engine/service/some-png.ts'

const root = join(import.meta.dirname, '../..')

// Where there is an Electron: ATTUNE_ELECTRON names its program, which wants a display and a user who is not root.
const { ATTUNE_ELECTRON: program } = process.env
const isNamed = program !== undefined && program !== ''

describe.skipIf(!isNamed)('the desktop program in Electron', { timeout: 60_000 }, () => {
  const library = join(mkdtempSync(join(tmpdir(), 'attune-electron-')), 'library')
  const start = [root, `--library=${library}`]
  let electron: ElectronApplication
  let page: Page

  beforeAll(async () => {
    await packageWhenOlder()
    electron = await _electron.launch({ executablePath: program ?? '', args: start })
    page = await electron.firstWindow()
    await page.locator('[data-ready=true]').waitFor()
  }, 120_000)
  afterAll(async () => {
    await electron.close()
    rmSync(join(library, '..'), { recursive: true, force: true })
  })

  it('has a page without Node, in a process that the system locks up', async () => {
    const kinds = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer'].map((name) => typeof Reflect.get(globalThis, name)),
    )
    expect(kinds).toEqual(Array(4).fill('undefined'))
    const pid = await electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    )
    if (process.platform !== 'linux') return
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8')
    expect(status).toMatch(/NoNewPrivs:\s*1/)
    expect(status).toMatch(/Seccomp:\s*2/)
  })

  it('lets nothing lead out of the page', async () => {
    const tried = await page.evaluate(async () => {
      const failed = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'went through',
          () => 'refused',
        )
      const states = ['geolocation', 'camera', 'microphone', 'clipboard-read'].map(async (name) => {
        const { state } = await navigator.permissions.query({ name: name as PermissionName }) // wider than TypeScript's list
        return state
      })
      return {
        opened: window.open('https://example.org/') === null,
        outside: await failed(fetch('https://example.org/')),
        file: await failed(fetch('file:///etc/hosts')),
        host: await failed(fetch('studio://other/index.html')),
        path: (await fetch('studio://app/..%2f..%2fpackage.json')).status,
        states: await Promise.all(states),
      }
    })
    const denied = Array(4).fill('denied')
    expect(tried).toEqual({
      opened: true,
      outside: 'refused',
      file: 'refused',
      host: 'refused',
      path: 404,
      states: denied,
    })
    expect(page.url()).toBe('studio://app/index.html')
    expect(electron.windows()).toHaveLength(1)
  })

  it('shows its menu in the top bar alone', async () => {
    const bar = await electron.evaluate(({ BrowserWindow, Menu }) => ({
      isVisible: BrowserWindow.getAllWindows()[0]?.isMenuBarVisible(),
      labels: Menu.getApplicationMenu()?.items.map(({ label }) => label),
    }))
    expect(bar.labels).toContain('Documents')
    if (process.platform !== 'darwin') expect([bar.isVisible, bar.labels?.at(-1)]).toEqual([false, 'Quit Attune'])
  })

  it('draws a picture in its own processes, serves it by id and shows it in its folder', async () => {
    await page
      .getByRole('button', { name: /^Generate/ })
      .first()
      .click()
    const picture = page.locator('img[src*="/image/"]').first()
    await picture.waitFor({ timeout: 50_000 })
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)
    const id = Number(/\/image\/(\d+)/.exec((await picture.getAttribute('src')) ?? '')?.[1])
    await electron.evaluate(({ shell }) => {
      const shown: string[] = []
      Object.assign(globalThis, { shown })
      shell.showItemInFolder = (path) => void shown.push(path)
    })
    await page.evaluate(
      (known) =>
        (Reflect.get(globalThis, 'attune') as { revealPicture: (id: number) => Promise<void> }).revealPicture(known),
      id,
    )
    const shown = await electron.evaluate(() => Reflect.get(globalThis, 'shown') as string[])
    expect(shown.map((path) => path.startsWith(library) && existsSync(path))).toEqual([true])
  })

  it('takes a picture that a second start was given, and stays the only one', async () => {
    const path = join(library, '..', 'opened.png')
    writeFileSync(path, somePng(1))
    const second = execFile(program ?? '', [...start, path])
    expect((await once(second, 'exit'))[0]).toBe(0)
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
  })

  it('comes back when its page dies', async () => {
    await electron.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      const isLoaded = new Promise<void>((resolve) => {
        contents?.once('did-finish-load', () => {
          resolve()
        })
      })
      contents?.forcefullyCrashRenderer()
      await isLoaded
    })
    const isBack = () =>
      electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
          'document.querySelector("[data-ready=true]") !== null',
        ),
      )
    await expect.poll(isBack, { timeout: 20_000 }).toBe(true)
  })

  it('stays where it is, wherever it is sent', async () => {
    // Last: who drives the page waits for a navigation that never ends.
    const addresses = ['https://example.org/', 'file:///etc/hosts', 'studio://other/index.html']
    const at = await electron.evaluate(async ({ BrowserWindow }, wanted) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      for (const address of wanted) await contents?.executeJavaScript(`location.href = ${JSON.stringify(address)}; 0`)
      await new Promise((resolve) => setTimeout(resolve, 500))
      return [contents?.getURL(), BrowserWindow.getAllWindows().length]
    }, addresses)
    expect(at).toEqual(['studio://app/index.html', 1])
  })

  it('ends with its service when its window is closed', async () => {
    const ended = once(electron.process(), 'exit')
    await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()).catch(() => undefined)
    expect((await ended)[0]).toBe(0)
  })
})
