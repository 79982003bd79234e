import { expect } from 'vitest'
import type { BrowserStudio } from './open-browser-studio.ts'

/** How long a story waits for anything: the machine that runs it may be slow, and busy with everything else. */
export const patienceMs = 90_000

/** A place on the paper by its share from the upper left, in pixels of the page. */
export async function onPaper({ page }: BrowserStudio, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await page.locator('.stage .paper').boundingBox()
  if (box === null) throw new Error('studio: the paper is not shown.')
  return { x: box.x + box.width * x, y: box.y + box.height * y }
}

/** Paints with the pointer along places given as shares of the paper. */
export async function stroke(studio: BrowserStudio, path: readonly (readonly [number, number])[]): Promise<void> {
  const { mouse } = studio.page
  const points = await Promise.all(path.map(([x, y]) => onPaper(studio, x, y)))
  const [first] = points
  if (first === undefined) return
  await mouse.move(first.x, first.y)
  await mouse.down()
  for (const { x, y } of points.slice(1)) await mouse.move(x, y, { steps: 6 })
  await mouse.up()
}

/** Puts the caret into the sentence and writes. */
export async function write({ page }: BrowserStudio, text: string): Promise<void> {
  await page.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}

export const results = ({ page }: BrowserStudio) => page.locator('.strip .res img')

/** Waits until so many pictures are in the strip, and the jobs that made them are over. */
export async function expectResults(studio: BrowserStudio, count: number): Promise<void> {
  await results(studio)
    .nth(count - 1)
    .waitFor({ timeout: patienceMs })
  await studio.service.queue.idle()
  expect(await results(studio).count()).toBe(count)
}

/** Waits until the paper shows what it is to show: its pictures are loaded, and the frame that draws them is over. */
export async function expectDrawn({ page }: BrowserStudio): Promise<void> {
  await page.locator('[data-story=canvas][aria-busy=false]').waitFor({ timeout: patienceMs })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

/**
 * Watches the page from now on for something that may be there for a moment only.
 *
 * @returns waits until it has been there
 */
export async function watchFor({ page }: BrowserStudio, selector: string): Promise<() => Promise<void>> {
  const seen = await page.evaluateHandle((wanted) => {
    const found = new Promise<void>((resolve) => {
      const look = (): void => {
        if (document.querySelector(wanted) === null) return
        observer.disconnect()
        resolve()
      }
      const observer = new MutationObserver(look)
      observer.observe(document, { subtree: true, childList: true, attributes: true })
      look()
    })
    return { found }
  }, selector)
  return () => seen.evaluate(({ found }) => found)
}

/** Sets how many pictures one press makes. */
export async function setCount(studio: BrowserStudio, count: number): Promise<void> {
  const shown = studio.page.locator('.stepper b')
  for (let now = Number(await shown.textContent()); now !== count; now = Number(await shown.textContent())) {
    await studio.page.getByRole('button', { name: now > count ? 'Fewer pictures' : 'More pictures' }).click()
  }
}

/** An empty canvas with a sentence, and how many pictures one press makes of it. */
export async function begin(studio: BrowserStudio, sentence: string, count: number): Promise<void> {
  await emptyCanvas(studio)
  await write(studio, sentence)
  await setCount(studio, count)
}

/** The side panel is at its setup afterwards. */
export async function setSeed({ page }: BrowserStudio, seed: string): Promise<void> {
  await page.getByRole('tab', { name: 'Setup' }).click()
  await page.getByRole('textbox', { name: 'Seed' }).fill(seed)
  await page.keyboard.press('Enter')
}

/** Presses Generate, and waits until so many pictures are in the strip. */
export async function generate(studio: BrowserStudio, count: number): Promise<void> {
  await studio.page.locator('[data-story=generate]').click()
  await expectResults(studio, count)
}

/** The document as the library has it. */
export async function storedDocument({ service }: BrowserStudio): Promise<StoredDocument> {
  const [newest] = service.library.documents.list(false)
  if (newest === undefined) throw new Error('studio: the library has no document.')
  return service.library.documents.open(newest.id) as unknown as StoredDocument // the window's own JSON
}

export interface StoredDocument {
  readonly sequence: number
  readonly state: {
    readonly prompt: string
    readonly regions: readonly {
      readonly phrase: string
      readonly mask: string | null
      readonly strength: number
      readonly opacity: number
    }[]
    readonly masks: readonly { readonly name: string; readonly mask: string | null; readonly opacity: number }[]
    readonly layers: readonly {
      readonly name: string
      readonly opacity: number
      readonly isVisible: boolean
      readonly place: { readonly x: number; readonly y: number }
    }[]
    readonly setup: { readonly steps: number; readonly vae: string | null; readonly startImage: number | null }
  }
}

/** Waits until everything painted and written is in the library. */
export const expectSaved = async ({ page }: BrowserStudio): Promise<void> => {
  await page.locator('.doc .saved', { hasText: 'Saved' }).waitFor({ timeout: patienceMs })
}

export async function emptyCanvas(studio: BrowserStudio): Promise<void> {
  await studio.page.getByRole('button', { name: 'Empty canvas' }).click()
  await studio.page.locator('.doc', { hasText: 'Untitled' }).waitFor()
  await studio.page.getByRole('button', { name: 'Hide this panel' }).click()
}
