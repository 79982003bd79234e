import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../../studio/find-chromium.ts'
import { openAttacker, openRebinding, openWeakStudio } from './attack-sites.ts'
import type { Site } from './attack-sites.ts'
import { attacks } from './attacks.ts'
import type { Attack } from './attacks.ts'
import { somePng } from './some-png.ts'
import { openWorld, secret } from './studio-world.ts'
import type { World } from './studio-world.ts'

let world: World
let weak: Site
let attacker: Site
let rebindings: readonly Pick<Site, 'port' | 'close'>[]
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  ;[world, weak, attacker] = await Promise.all([openWorld(), openWeakStudio(somePng(1)), openAttacker()])
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('no Chromium found: install one, or name it with CHROMIUM_PATH')
  const studios = [weak.port, world.port]
  rebindings = await Promise.all(studios.map((port) => openRebinding(port)))
  const rebound = rebindings.map(({ port }, index) => `MAP rebound.example:${studios[index] ?? 0} 127.0.0.1:${port}`)
  const rules = `--host-resolver-rules=${['MAP evil.example 127.0.0.1', ...rebound].join(', ')}`
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags, rules] })
  context = await browser.newContext()
  // The user has the studio open: its cookie is in the browser.
  const studio = await context.newPage()
  await studio.goto(world.server.newLaunchUrl())
})

afterAll(async () => {
  await browser.close()
  await Promise.all([world.clean(), weak.close(), attacker.close(), ...rebindings.map((site) => site.close())])
})

/** A page of the attacker; one of a rebound name has the studio's port. */
const stand = async ({ from }: Attack, port: number): Promise<Page> => {
  const page = await context.newPage()
  const home = { evil: `evil.example:${attacker.port}`, 'second-port': `127.0.0.1:${attacker.port}`, localhost: `localhost:${attacker.port}`, rebound: `rebound.example:${port}` } // prettier-ignore
  await page.goto(`http://${home[from]}/attack`)
  return page
}

/** What the attack could read; nothing when it failed, as it should. */
const attempt = async (page: Page, { from, isSandboxed = false, script }: Attack, port: number): Promise<string> => {
  // A rebound page reaches the studio under its own name, as its own origin.
  const host = from === 'rebound' ? `rebound.example:${port}` : `127.0.0.1:${port}`
  const body = `(async (studio, socket, id) => { ${script} })('http://${host}', 'ws://${host}', ${world.imageId}).then(String, () => '')`
  if (!isSandboxed) return page.evaluate<string>(body)
  await page.evaluate(() => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts allow-forms')
    frame.srcdoc = '<!doctype html><body>'
    document.body.append(frame)
    return new Promise((resolve) => {
      frame.onload = resolve
    })
  })
  return (await page.frames()[1]?.evaluate<string>(body)) ?? 'no frame'
}

/** Everything a page could have changed. */
const state = async (): Promise<unknown> => {
  const { window, service } = world
  const tables = ['image', 'board', 'setting', 'job', 'document', 'model_folder', 'feedback', 'tag']
  const rows = tables.map((table) => service.library.database.prepare(`SELECT * FROM ${table}`).all())
  return [rows, await window.call('settings.get', {}), await window.call('queue.state', {})]
}

const label = ({ from, name, isSandboxed = false }: Attack): string =>
  `${from}${isSandboxed ? ', sandboxed (Origin: null),' : ''} ${name}`

describe(`${attacks.length} attacks from a real browser`, () => {
  it('are at least 30 and all different', () => {
    expect(new Set(attacks.map(label)).size).toBe(attacks.length)
    expect(attacks.length).toBeGreaterThanOrEqual(30)
  })

  it.each(attacks.map((attack) => [label(attack), attack] as const))('%s', async (_, attack) => {
    const before = await state()
    const seen = weak.requests.length
    const trial = await stand(attack, weak.port)
    await attempt(trial, attack, weak.port)
    // A studio without defences is reached by it.
    await expect.poll(() => weak.requests.length).toBeGreaterThan(seen)
    await trial.close()
    const page = await stand(attack, world.port)
    expect(await attempt(page, attack, world.port)).not.toMatch(readable)
    await page.close()
    expect(await state()).toEqual(before)
  })
})

/** Bytes of the picture, of the page, of an answer of the contract, or proof that something of the studio ran or was shown. */
const readable = new RegExp(
  `${secret}|PNG|pixels|size [1-9]|script ran|embedded|frames|open|<script|"kind"|window of the studio`,
)

describe('what the studio refuses others', () => {
  it('it gives its own page: pictures, contract and script', async () => {
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${world.port}/`)
    const mine = attacks.filter(({ from }) => from === 'second-port')
    const picture = mine.find(({ name }) => name === 'reads a picture by fetch')
    const contract = mine.find(({ name }) => name === 'opens the contract')
    if (picture === undefined || contract === undefined) throw new Error('the table of attacks has changed')
    expect(await attempt(page, picture, world.port)).toMatch(readable)
    expect(await attempt(page, contract, world.port)).toMatch(readable)
    expect(await world.window.call('boards.list', {})).toMatchObject([{ name: 'stolen' }])
  })
})
