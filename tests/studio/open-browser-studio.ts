import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { ChildTransport } from '../../engine/process/messages.ts'
import { StudioServer } from '../../engine/service/http/http-server.ts'
import { nodeForks, openStudio } from '../../engine/service/open-studio.ts'
import type { StudioService } from '../../engine/service/studio-service.ts'
import { buildStudio } from '../../build/build-studio.ts'
import { chromiumFlags, findChromium } from './find-chromium.ts'
import { patienceMs } from './studio-hands.ts'

/** Where stories leave pictures of the window; KEEP_PICTURES=1 renews those of the documentation. */
export const pictureFolder = join(
  import.meta.dirname,
  '../..',
  process.env['KEEP_PICTURES'] === undefined ? 'out/pictures' : 'docs/pictures',
)

export interface BrowserStudio {
  readonly page: Page
  readonly service: StudioService
  readonly root: string
  /** Errors of the page: exceptions and what it wrote to the console as an error. */
  readonly faults: string[]
  /** Ends the process that draws, as a crash would: at once, whatever it is at. */
  readonly killWorker: () => void
  /** Keeps a picture of the window in the documentation. */
  readonly keep: (name: string) => Promise<void>
  /** Closes the window and the service, as when the computer is shut down; the library stays. */
  readonly close: () => Promise<void>
  readonly erase: () => Promise<void>
}

export interface StudioOptions {
  readonly width?: number
  readonly height?: number
  readonly root?: string
  /** Runs in the page before its own script. */
  readonly beforeLoad?: () => void
}

/** The real studio in a real browser: service, worker and media processes, library on disk, bundled model. */
export async function openBrowserStudio({
  width = 1440,
  height = 900,
  root,
  beforeLoad,
}: StudioOptions = {}): Promise<BrowserStudio> {
  const folder = root ?? (await mkdtemp(join(tmpdir(), 'attune-studio-')))
  let worker: ChildTransport | undefined
  const service = await openStudio(folder, { ...nodeForks, worker: () => (worker = nodeForks.worker()) })
  const server = await StudioServer.listen({ service, rendererFolder: await buildStudio() })
  const browser = await launch()
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: 1, locale: 'en-GB' })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  if (beforeLoad !== undefined) await page.addInitScript(beforeLoad)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(server.newLaunchUrl())
  await page.locator('[data-ready=true]').waitFor()
  return {
    page,
    service,
    root: folder,
    faults,
    killWorker: () => worker?.kill(),
    keep: async (name) => {
      await page.evaluate(() => document.fonts.ready)
      await page.screenshot({ path: join(pictureFolder, `${name}.png`) })
    },
    close: async () => {
      await browser.close()
      await server.close()
      await service.close()
    },
    erase: () => rm(folder, { recursive: true, force: true }),
  }
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    throw new Error('studio: found no Chromium. Install one, or name it with CHROMIUM_PATH.')
  }
  return chromium.launch({ executablePath, args: chromiumFlags, timeout: patienceMs })
}
