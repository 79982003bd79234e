import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { buildStudio } from '../../build/build-studio.ts'
import { chromiumFlags, findChromium } from '../studio/find-chromium.ts'
import type { Benchmark } from './benchmark.ts'
import { readProcessTree } from './process-memory.ts'
import { median } from './quantile.ts'

const root = join(import.meta.dirname, '../..')
const rounds = 5
const bars = { usableMs: 3000 } as const

interface StartTimes {
  /** From `npm start`'s script to the address of the studio. */
  readonly addressMs: number
  /** … to a canvas that can be painted on. */
  readonly usableMs: number
  /** From the click on Generate to the first picture on the paper. */
  readonly firstPictureMs: number
  readonly idleMiB: Readonly<Record<string, number>>
  readonly afterPictureMiB: Readonly<Record<string, number>>
}

/** The first start of the studio with a new library: what passes until one can paint, and until the first picture. */
export const benchmark: Benchmark = {
  about: `npm start with a new library, ${rounds} times: until the canvas can be used, until the first picture; memory`,
  measure: async () => {
    await buildStudio()
    const browser = await chromium.launch({ executablePath: findChromium() ?? '', args: chromiumFlags })
    try {
      const all: StartTimes[] = []
      for (let round = 0; round < rounds; round++) all.push(await startOnce(browser))
      const of = (pick: (times: StartTimes) => number): number => Math.round(median(all.map(pick)))
      return {
        bars,
        addressMs: of((times) => times.addressMs),
        usableMs: of((times) => times.usableMs),
        firstPictureMs: of((times) => times.firstPictureMs),
        idleMiB: all.at(-1)?.idleMiB,
        afterPictureMiB: all.at(-1)?.afterPictureMiB,
        all: all.map(({ addressMs, usableMs, firstPictureMs }) =>
          [addressMs, usableMs, firstPictureMs].map(Math.round),
        ),
      }
    } finally {
      await browser.close()
    }
  },
}

async function startOnce(browser: Browser): Promise<StartTimes> {
  const library = await mkdtemp(join(tmpdir(), 'attune-start-'))
  const start = performance.now()
  const program = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), '--library', library], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ATTUNE_WINDOW: 'browser', ATTUNE_NO_BROWSER: '1' },
  })
  try {
    const address = await readAddress(program)
    const addressMs = performance.now() - start
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } })
    await page.goto(address)
    await page.locator('[data-ready=true]').waitFor()
    await page.locator('.stage .paper').waitFor()
    const usableMs = performance.now() - start
    await page.waitForTimeout(2000) // idle is what is left when nothing happens
    const idleMiB = readProcessTree(program.pid ?? 0)
    const firstPictureMs = await drawFirst(page)
    const afterPictureMiB = readProcessTree(program.pid ?? 0)
    await page.close()
    return { addressMs, usableMs, firstPictureMs, idleMiB, afterPictureMiB }
  } finally {
    const ended = once(program, 'close')
    program.kill('SIGTERM')
    await ended
    await rm(library, { recursive: true, force: true })
  }
}

async function readAddress(program: ChildProcess): Promise<string> {
  let text = ''
  for await (const part of program.stdout ?? []) {
    text += String(part)
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(text)?.[0]
    if (address !== undefined) return address
  }
  throw new Error(`bench: npm start ended without an address:\n${text}`)
}

/** One click with what the studio opens with. */
async function drawFirst(page: Page): Promise<number> {
  const start = performance.now()
  await page.locator('[data-story=generate]').click()
  await page.locator('.strip .res img').first().waitFor({ timeout: 60_000 })
  return performance.now() - start
}
