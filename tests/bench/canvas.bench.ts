import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { Library } from '../../engine/library/library.ts'
import { brushRadius, defaultBrush } from '../../renderer/canvas/brush.ts'
import { Stroke } from '../../renderer/canvas/stroke.ts'
import { emptyMask, paintedPixels, tileBytes } from '../../renderer/canvas/tile-mask.ts'
import { TilePool } from '../../renderer/canvas/tile-pool.ts'
import { defaultSetup } from '../../renderer/document/studio-document.ts'
import { migrationsFolder, someRecipe } from '../engine/library/temporary-library.ts'
import { buildStudio, studioFolder } from '../../build/build-studio.ts'
import { openBrowserStudio } from '../studio/open-browser-studio.ts'
import type { Benchmark } from './benchmark.ts'
import { quantile } from './quantile.ts'
import { readTimes, watchScript } from '../studio/watch-script.ts'

const side = 4096
const brushSize = 200
const pictures = 100_000
const bars = { frameP95Ms: 8, pointerToStateP95Ms: 16, bytesPerEvent: 64 * 1024, bytesPerPaintedPixel: 4 } as const

/** A 200 px brush on 4096 x 4096 with four regions, scrolling through 100,000 pictures, start and size of the window. */
export const benchmark: Benchmark = {
  about: `a ${brushSize} px brush on ${side} x ${side} with four regions; ${pictures} pictures in the gallery`,
  measure: async () => {
    const root = await mkdtemp(join(tmpdir(), 'attune-bench-'))
    try {
      await buildStudio()
      await fillLibrary(root)
      return { bars, bundle: await measureBundle(), mask: measureMask(), ...(await measureWindow(root)) }
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
}

async function fillLibrary(root: string): Promise<void> {
  const library = await Library.open({ root, migrationsFolder, nowMs: Date.now() })
  const regions = ['castle', 'sailboat', 'moon', 'lake'].map((phrase, i) => ({
    id: `r${i}`,
    colour: i + 1,
    phrase,
    mask: null,
  }))
  const setup = JSON.parse(JSON.stringify(defaultSetup)) as Record<string, never> // JSON of plain values
  library.documents.create('Bench', { version: 1, width: side, height: side, prompt: 'a castle, a sailboat, a moon, a lake', negative: '', regions, layers: [], setup }, Date.now()) // prettier-ignore
  for (let first = 0; first < pictures; first += 1000) {
    library.images.addAll(
      Array.from({ length: 1000 }, (_, i) => ({
        hash: createHash('sha256')
          .update(String(first + i))
          .digest('hex'),
        createdMs: 1_700_000_000_000 + (first + i) * 60_000,
        width: 512,
        height: 512,
        format: 'png' as const,
        sizeBytes: 400_000,
        recipe: someRecipe({ prompt: 'a castle', seed: String(first + i) }),
        foreign: null,
      })),
    )
  }
  library.close()
}

async function measureBundle(): Promise<object> {
  const folder = join(studioFolder, 'assets')
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  )
  const packed = files
    .filter(({ name }) => /\.(js|css)$/.test(name))
    .reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0)
  return { bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0), scriptAndStyleGzipBytes: packed }
}

/** Memory of what is painted, and time and memory of the kernel alone. */
function measureMask(): object {
  const pool = new TilePool()
  pool.reserve(64)
  const stroke = new Stroke(emptyMask(side, side), 'add', pool)
  const point = { x: 0, y: 0, pressure: 0.5, isPen: false }
  const radius = brushRadius({ ...defaultBrush, size: brushSize }, point, 1, 1)
  const times: number[] = []
  let last = { x: 300, y: 600, radius }
  for (let i = 1; i < 400; i++) {
    const next = { x: 300 + i * 8.7, y: 600 + 400 * Math.sin(i / 25), radius }
    const start = performance.now()
    stroke.paint(last, next, 0.18)
    times.push(performance.now() - start)
    last = next
    pool.reserve(64)
  }
  const mask = stroke.commit()
  return {
    paintP95Ms: quantile(times, 0.95),
    bytesPerPaintedPixel: (mask.tiles.size * tileBytes) / paintedPixels(mask),
  }
}

async function measureWindow(root: string): Promise<object> {
  const studio = await openBrowserStudio({
    root,
    width: 1600 + 48 + 336,
    height: 1000 + 44 + 40 + 151,
    beforeLoad: watchScript,
  })
  try {
    const { page } = studio
    const start = await page.evaluate(() => ({ readyMs: performance.now(), firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null })) // prettier-ignore
    await page.waitForTimeout(1500)
    const idle = await page.evaluate(
      () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
    ) // Chromium's own
    const brush = await measureBrush(page)
    const gallery = await measureGallery(page)
    return {
      start,
      idleHeapMiB: Math.round(idle / 2 ** 20),
      brush,
      gallery,
      faults: studio.faults.filter((fault) => !fault.includes('404')),
    }
  } finally {
    await studio.close()
  }
}

async function measureBrush(page: Page): Promise<object> {
  const paper = await page.locator('.stage .paper').boundingBox()
  if (paper === null) throw new Error('bench: the paper is not shown.')
  await page.getByRole('slider', { name: 'Size' }).fill(String((Math.log(brushSize) / Math.log(1000)) * 100))
  for (let region = 1; region <= 4; region++) {
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press(`Digit${region}`)
    await page.mouse.move(paper.x + paper.width * 0.1, paper.y + paper.height * 0.2 * region)
    await page.mouse.down()
    if (region === 1) await readTimes(page)
    for (let i = 1; i <= 90; i++) {
      await page.mouse.move(
        paper.x + paper.width * (0.1 + 0.0088 * i),
        paper.y + paper.height * (0.2 * region + 0.1 * Math.sin(i / 9)),
      )
    }
    await page.mouse.up()
    await page.waitForTimeout(300)
  }
  return summarise(await readTimes(page))
}

async function measureGallery(page: Page): Promise<object> {
  await page.getByRole('button', { name: 'Gallery', exact: true }).click()
  await page.locator('.cell').first().waitFor()
  await page.locator('[data-story=grid]').hover()
  await readTimes(page)
  for (let i = 0; i < 300; i++) await page.mouse.wheel(0, 900)
  await page.waitForTimeout(500)
  const times = await readTimes(page)
  return { ...summarise(times), nodes: await page.evaluate(() => document.querySelectorAll('*').length) }
}

const summarise = ({ frameMs, eventMs, pointerToStateMs, eventBytes }: Awaited<ReturnType<typeof readTimes>>) => ({
  frames: frameMs.length,
  frameP50Ms: quantile(frameMs, 0.5),
  frameP95Ms: quantile(frameMs, 0.95),
  handlerP95Ms: eventMs.length === 0 ? null : quantile(eventMs, 0.95),
  pointerToStateP95Ms: pointerToStateMs.length === 0 ? null : quantile(pointerToStateMs, 0.95),
  mostBytesPerEvent: eventBytes.length === 0 ? null : Math.max(...eventBytes),
})
