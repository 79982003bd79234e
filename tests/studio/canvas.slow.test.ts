import { describe, expect, it } from 'vitest'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import {
  begin,
  expectDrawn,
  expectResults,
  expectSaved,
  generate,
  onPaper,
  patienceMs,
  setCount,
  storedDocument,
  stroke,
  watchFor,
} from './studio-hands.ts'

/** What the middle of the pictures' canvas shows: a sum that two pictures do not share. */
const stagePixel = ({ page }: BrowserStudio): Promise<number> =>
  page.evaluate(() => {
    const canvas = document.querySelector('canvas')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
    return pixels?.data.reduce((sum, value, i) => (i % 97 === 0 ? sum + value : sum), 0) ?? 0
  })

describe('the canvas', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio

  shareStudio((opened) => {
    studio = opened
  })

  it('greets with a sample that can be painted on', async () => {
    const { page, keep } = studio
    await page.getByRole('heading', { name: 'Paint where. Write what.' }).waitFor()
    await expect.poll(() => page.locator('.rtag').allTextContents()).toEqual(['1teapot', '2lemon'])
    await keep('first-run')
  })

  it('draws two painted regions where they were painted, and says how much was obeyed', async () => {
    const { page, keep } = studio
    await page.getByRole('button', { name: 'Hide this panel' }).click()
    await setCount(studio, 1)
    await stroke(studio, [
      [0.3, 0.55],
      [0.42, 0.6],
      [0.36, 0.72],
    ])
    await expectSaved(studio)
    await generate(studio, 1)
    await expect.poll(() => page.locator('.rw .pc').count(), { timeout: patienceMs }).toBeGreaterThanOrEqual(2)
    await expect
      .poll(() => page.locator('.rtag em').allTextContents())
      .toEqual([expect.stringMatching(/^\d+ %$/), expect.stringMatching(/^\d+ %$/)])
    await page.getByRole('tab', { name: 'Alignment' }).click()
    await page
      .getByText(/of it is inside, it fills/)
      .first()
      .waitFor()
    await keep('two-regions')
    await page.getByRole('tab', { name: 'Layers' }).click()
    await page.keyboard.press('F1')
  })

  it('makes the first picture with one sentence and one press', async () => {
    await begin(studio, 'a cat on a meadow', 2)
    const isSeen = await watchFor(studio, '.strip canvas')
    await studio.page.locator('[data-story=generate]').click()
    // It is seen while it is made, in the strip and on the paper.
    await isSeen()
    await expectResults(studio, 2)
    await studio.page.locator('.under', { hasText: 'Result' }).waitFor()
    await studio.keep('first-image')
  })

  it('keeps a result as a layer, and takes it back', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('h')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Kept' }).waitFor()
    await expect.poll(() => page.locator('.rw', { hasText: 'Result 2' }).count()).toBe(1)
    await page.keyboard.press('ControlOrMeta+z')
    await page.getByRole('button', { name: 'Keep' }).waitFor()
  })

  it('compares two results with a slider', async () => {
    const { page, keep } = studio
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+Backslash')
    await page.getByText('Side by side').waitFor()
    expect(await page.getByRole('radio', { name: 'Slider' }).isChecked()).toBe(true)
    await keep('compare')
    await page.getByRole('slider', { name: 'Where the two results part' }).fill('20')
    await page.getByText('Hold to flicker').click()
    const centre = await onPaper(studio, 0.5, 0.5)
    await page.mouse.move(centre.x, centre.y)
    await expectDrawn(studio)
    const still = await stagePixel(studio)
    await page.mouse.down()
    await expect.poll(() => stagePixel(studio)).not.toEqual(still)
    await page.mouse.up()
    await expect.poll(() => stagePixel(studio)).toEqual(still)
    await page.keyboard.press('Shift+Backslash')
  })

  it('makes a grid of variations and shows it as one', async () => {
    const { page, keep } = studio
    await page.locator('.dock').getByRole('button', { name: 'Grid of variations' }).click()
    await page.getByRole('combobox', { name: 'Across' }).selectOption('steps')
    await page.getByRole('textbox', { name: 'Values across' }).fill('2, 8')
    await page.getByRole('combobox', { name: 'Down' }).selectOption('cfgScale')
    await page.getByRole('textbox', { name: 'Values down' }).fill('1, 6')
    await page.getByRole('button', { name: 'Make 4 pictures' }).click()
    const cells = page.locator('.sheet button.cell')
    await expect.poll(() => cells.count(), { timeout: patienceMs }).toBe(4)
    await expect.poll(() => page.locator('.sheet th').allTextContents()).toEqual(['Steps2', '8', 'Guidance1', '6'])
    await expect
      .poll(() =>
        page.locator('.sheet img').evaluateAll((all) => all.every((one) => 'complete' in one && one.complete)),
      )
      .toBe(true)
    await keep('grid')
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Steps 8, Guidance 6' }).click()
    await page.locator('.under', { hasText: 'Result' }).waitFor()
    await page.locator('[data-story=canvas]').focus()
  })

  it('undoes strokes, words and sliders in one history, and redoes them', async () => {
    const { page, keep } = studio
    await page.getByRole('button', { name: 'Brush', exact: true }).click()
    await stroke(studio, [
      [0.3, 0.4],
      [0.6, 0.4],
    ])
    await page.getByPlaceholder('What goes here?').first().fill('cat')
    await page.keyboard.press('Enter')
    await page.locator('.rtag', { hasText: 'cat' }).waitFor()
    await page.getByRole('slider', { name: 'Strength' }).fill('1.5')
    await expectSaved(studio)
    await keep('undo')
    expect((await storedDocument(studio)).state.regions).toMatchObject([{ phrase: 'cat', strength: 1.5 }])
    await page.locator('[data-story=canvas]').focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ControlOrMeta+z')
    await page.locator('.rtag').waitFor({ state: 'detached' })
    await expectSaved(studio)
    expect((await storedDocument(studio)).state.regions).toEqual([])
    for (let i = 0; i < 3; i++) await page.keyboard.press('ControlOrMeta+Shift+z')
    await expectSaved(studio)
    expect((await storedDocument(studio)).state.regions).toMatchObject([{ phrase: 'cat', strength: 1.5 }])
  })

  it('finds nothing to complain about for people who cannot see or point', async () => {
    for (const tab of ['Layers', 'Setup', 'Alignment']) {
      await studio.page.getByRole('tab', { name: tab }).click()
      expect(await axe.faults(studio.page)).toEqual([])
    }
  })

  it('finds every command by its name', async () => {
    const { page, keep } = studio
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('zoom')
    await page.getByRole('option', { name: /Zoom to 100/ }).waitFor()
    await keep('palette')
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Zoom 100 %' }).waitFor()
    await page.keyboard.press('ControlOrMeta+0')
  })

  it('speaks German when asked, and is light when asked', async () => {
    const { page, keep } = studio
    await page.keyboard.press('ControlOrMeta+Comma')
    await page.getByText('Light', { exact: true }).click()
    await page.getByText('Deutsch').click()
    await page.getByRole('heading', { name: 'Aussehen' }).waitFor()
    expect(await axe.faults(page)).toEqual([])
    await keep('settings-german')
    await page.getByText('English').click()
    await page.getByRole('heading', { name: 'Appearance' }).waitFor()
    await page.keyboard.press('Alt+Digit1')
    await page.locator('[data-story=canvas]').waitFor()
    await keep('light')
    expect(await axe.faults(page)).toEqual([])
  })
})

describe('a small window', { timeout: 2 * patienceMs }, () => {
  it('has everything at 1280 x 720', async () => {
    const studio = await openBrowserStudio({ width: 1280, height: 720 })
    try {
      const { page } = studio
      for (const part of ['.rail', '.opt', '.strip', '.dock', '.side', '[data-story=generate]']) {
        const box = await page.locator(part).boundingBox()
        expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 720, part).toBe(
          true,
        )
      }
      expect(await page.evaluate(() => [document.body.scrollWidth, document.body.scrollHeight])).toEqual([1280, 720])
      await studio.keep('small-window')
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})

describe('the keyboard alone', { timeout: 2 * patienceMs }, () => {
  it('writes, paints, generates, keeps and rates', async () => {
    const studio = await openBrowserStudio()
    try {
      const { page, keep } = studio
      await page.keyboard.press('F1')
      await page.keyboard.press('Alt+KeyN')
      await page.locator('.doc', { hasText: 'Untitled' }).waitFor()
      const holdsFocus = (selector: string): Promise<boolean> =>
        page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)
      while (!(await holdsFocus('.dock .prompt'))) await page.keyboard.press('Tab')
      await page.keyboard.type('a dog in the snow')
      await page.keyboard.press('Escape')
      await page.keyboard.press('F6')
      while (!(await holdsFocus('[data-story=canvas]'))) await page.keyboard.press('F6')
      for (const key of ['ArrowDown', 'Space', 'ArrowRight', 'Space', 'ArrowDown', 'Space', 'ArrowLeft', 'Space'])
        await page.keyboard.press(key)
      await page.keyboard.press('Enter')
      await page.locator('.ask input:focus').waitFor()
      await page.keyboard.type('dog')
      await page.keyboard.press('Enter')
      await page.locator('.rtag', { hasText: 'dog' }).waitFor()
      await keep('keyboard-only')
      await page.keyboard.press('Delete')
      await page.locator('.rtag').waitFor({ state: 'detached' })
      await page.keyboard.press('ControlOrMeta+Enter')
      await expectResults(studio, 4)
      await page.keyboard.press('h')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Kept' }).waitFor()
      await page.keyboard.press('Alt+Digit2')
      await page.locator('.cell').first().waitFor()
      while (!(await holdsFocus('[data-story=grid]'))) await page.keyboard.press('F6')
      await page.keyboard.press('Digit5')
      await page.locator('.cell .st').waitFor()
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})
