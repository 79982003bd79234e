import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodePicture } from '../../engine/image-codec/encode-picture.ts'
import { countImages } from '../../engine/library/image-pages.ts'
import { someRecipe } from '../engine/library/temporary-library.ts'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { patienceMs } from './studio-hands.ts'

const all = 1200
const day = 86_400_000

/** Pictures of two models, one a minute, older the further down; their files are gone, which the gallery shows as such. */
function fill({ service }: BrowserStudio): void {
  const nowMs = Date.now()
  service.library.images.addAll(
    Array.from({ length: all }, (_, i) => {
      const recipe = someRecipe({ prompt: i % 2 === 0 ? 'a castle' : 'a lake', seed: String(i) })
      return {
        hash: i.toString(16).padStart(64, '0'),
        createdMs: nowMs - 3 * day - i * 60_000,
        width: 64,
        height: 64,
        format: 'png' as const,
        sizeBytes: 1000,
        recipe: { ...recipe, model: { ...recipe.model, name: i % 3 === 0 ? 'dusk v3' : 'starter' } },
        foreign: null,
      }
    }),
  )
}

describe('the gallery', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio
  const cells = () => studio.page.locator('.cell')
  const found = () => studio.page.locator('.found')
  const chosen = () => studio.page.getByRole('toolbar')

  beforeAll(async () => {
    studio = await openBrowserStudio()
    fill(studio)
    await studio.page.keyboard.press('Alt+Digit2')
    await cells().first().waitFor({ timeout: patienceMs })
  }, 2 * patienceMs)
  afterEach(() => {
    expect(studio.faults.filter((fault) => !fault.includes('404'))).toEqual([])
  })
  afterAll(async () => {
    await studio.close()
    await studio.erase()
  })

  it('narrows by what the filter panel writes', async () => {
    const { page, keep } = studio
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'dusk v3 (400)' })
    await found()
      .filter({ hasText: /^400 found$/ })
      .waitFor()
    await page.getByRole('button', { name: 'Not rated' }).click()
    await page.getByText('model:starter').waitFor()
    await keep('gallery-filter')
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove Not rated' }).waitFor()
    await page.getByRole('searchbox').fill('castle seed:12 ')
    await found()
      .filter({ hasText: /^1 found$/ })
      .waitFor()
    await page.getByRole('button', { name: 'Remove Seed 12' }).click()
    await found()
      .filter({ hasText: /^200 found$/ })
      .waitFor()
  })

  it('keeps a search under a name, and finds it again', async () => {
    const { page, service } = studio
    await page.getByRole('button', { name: 'Keep this search' }).click()
    await page.getByRole('textbox', { name: 'Name of the search' }).fill('Dusk castles')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await expect.poll(() => page.locator('.tok').count()).toBe(0)
    await page.getByRole('button', { name: 'Dusk castles 200' }).click()
    await found()
      .filter({ hasText: /^200 found$/ })
      .waitFor()
    await expect
      .poll(() => service.library.settings.all()['gallery.searches'])
      .toEqual([{ name: 'Dusk castles', search: 'model:"dusk v3" stars:none castle' }])
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('dusk cas')
    await page.getByRole('option', { name: 'Dusk castles' }).click()
    await found()
      .filter({ hasText: /^200 found$/ })
      .waitFor()
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
  })

  it('takes a token back into the field, and understands German ones', async () => {
    const { page } = studio
    const field = page.getByRole('searchbox')
    await field.fill('Modell:dusk ')
    await found()
      .filter({ hasText: /^400 found$/ })
      .waitFor()
    await field.press('Backspace')
    await expect.poll(() => field.inputValue()).toBe('Modell:dusk')
    await field.fill('')
    await expect.poll(() => page.locator('.tokens-of').count()).toBe(0)
    await expect.poll(() => cells().first().getAttribute('aria-setsize'), { timeout: patienceMs }).toBe(`${all}`)
  })

  it('chooses stretches, single ones and everything, loaded or not', async () => {
    const { page, service } = studio
    await cells().nth(2).click()
    await cells()
      .nth(6)
      .click({ modifiers: ['Shift'] })
    await chosen().filter({ hasText: '5 chosen' }).waitFor()
    await cells()
      .nth(4)
      .click({ modifiers: ['Shift'] })
    await chosen().filter({ hasText: '3 chosen' }).waitFor()
    await cells()
      .nth(9)
      .click({ modifiers: ['ControlOrMeta'] })
    await chosen().filter({ hasText: '4 chosen' }).waitFor()
    await page.keyboard.press('Shift+ArrowRight')
    await chosen().filter({ hasText: '2 chosen' }).waitFor()
    await page.keyboard.press('Escape')
    await chosen().waitFor({ state: 'detached' })
    await page.keyboard.press('ControlOrMeta+a')
    await chosen().filter({ hasText: '1,200 chosen' }).waitFor()
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Digit4')
    const rated = () => countImages(service.library.database, { isTrashed: false, leastRating: 4 })
    await expect.poll(rated, { timeout: patienceMs }).toBe(all)
    await page.keyboard.press('Escape')
  })

  it('goes to the oldest picture of all by one key', async () => {
    const { page } = studio
    await page.keyboard.press('End')
    await expect.poll(() => page.locator('.cell.sel').getAttribute('aria-label')).toContain('1200')
    await page.keyboard.press('Home')
    // Who scrolls away from the current picture stays there while more are loaded.
    await expect.poll(() => page.locator('.cell.sel').count()).toBe(1)
    await page.reload()
    await page.locator('[data-ready=true]').waitFor()
    await page.keyboard.press('Alt+Digit2')
    await cells().first().waitFor()
    const grid = page.locator('[data-story=grid]')
    const before = await grid.evaluate((list) => {
      list.scrollTop = list.scrollHeight / 2
      return { top: list.scrollTop, height: list.scrollHeight }
    })
    await expect.poll(() => grid.evaluate((list) => list.scrollHeight)).toBeGreaterThan(before.height)
    expect(await grid.evaluate((list) => list.scrollTop)).toBeGreaterThanOrEqual(before.top)
    await grid.evaluate((list) => {
      list.scrollTop = 0
    })
    await page.locator('.cell.sel').waitFor()
    await expect.poll(() => page.locator('.cell.sel').getAttribute('aria-label')).toMatch(/Picture 1\b/)
  })
})

describe('dropping', { timeout: 2 * patienceMs }, () => {
  it.each(['jpeg', 'webp'] as const)('reads what A1111 writes into the EXIF of a %s', async (format) => {
    const studio = await openBrowserStudio()
    try {
      const { page } = studio
      await page.getByRole('button', { name: 'Hide this panel' }).click()
      const text = 'a red kettle\nNegative prompt: frame\nSteps: 28, Sampler: Euler a, CFG scale: 6.5, Seed: 4071221, Size: 192x128, Model: dusk' // prettier-ignore
      const pixels = new Uint8Array(192 * 128 * 3).fill(120)
      const picture = { width: 192, height: 128, channels: 3, data: pixels } as const
      const bytes = await encodePicture(picture, { format }, [{ keyword: 'parameters', text }])
      const data = await page.evaluateHandle(
        ({ base64, type }) => {
          const transfer = new DataTransfer()
          const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
          transfer.items.add(new File([raw], `kettle.${type}`, { type: `image/${type}` }))
          return transfer
        },
        { base64: Buffer.from(bytes).toString('base64'), type: format },
      )
      await page.dispatchEvent('body', 'drop', { dataTransfer: data })
      await page.getByText('Made with A1111').waitFor({ timeout: patienceMs })
      await page.getByRole('button', { name: 'Use these settings' }).click()
      await page.locator('.cm-content', { hasText: 'a red kettle' }).waitFor()
      await page.getByRole('tab', { name: 'Setup' }).click()
      await expect.poll(() => page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('4071221')
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})
