import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import {
  begin,
  expectDrawn,
  expectResults,
  expectSaved,
  generate,
  patienceMs,
  setSeed,
  storedDocument,
} from './studio-hands.ts'

/** The word of the sentence that carries a mark. */
const marked = ({ page }: BrowserStudio, word: string) => page.locator(`.prompt [data-word="${word}"]`)

/** Mean brightness and mean colourfulness of the picture canvas, 0 … 255. */
const lookOfStage = ({ page }: BrowserStudio) =>
  page
    .locator('.field canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const brush = canvas.getContext('2d')
      const { data } = brush?.getImageData(canvas.width / 2 - 100, canvas.height / 2 - 100, 200, 200) ?? { data: [] }
      let [light, colour] = [0, 0]
      for (let i = 0; i < data.length; i += 4) {
        const rgb = [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0]
        light += Math.max(...rgb)
        colour += Math.max(...rgb) - Math.min(...rgb)
      }
      return { light: light / (data.length / 4), colour: colour / (data.length / 4) }
    })

describe('what a picture shows of the words', { timeout: 3 * patienceMs }, () => {
  let studio: BrowserStudio

  shareStudio(async (opened) => {
    studio = opened
    await begin(studio, 'a pizza and a lemon on a red background, gazebo', 1)
    // A seed whose background is not red.
    await setSeed(studio, '855618607')
    await generate(studio, 1)
  })

  it('stands under the sentence as soon as the picture is there, as a quick reading', async () => {
    await marked(studio, 'pizza').waitFor()
    await studio.page.getByRole('tab', { name: 'Alignment' }).click()
    // It may have been measured by itself by now, when that was quick enough.
    await expect
      .poll(() => studio.page.locator('.prompt .w[data-word]').allTextContents())
      .toEqual(['pizza', 'lemon', 'red', 'gazebo'])
  })

  it('is measured on request, with intervals, and says what was ignored', async () => {
    const { page } = studio
    const button = page.getByRole('button', { name: /^Measure, about/ })
    const measured = page.getByText(/Measured at 12 noise levels/)
    // A machine that is quick enough measures by itself, and takes the button away.
    for (;;) {
      await button.or(measured).first().waitFor()
      if (await measured.isVisible()) break
      await button.click({ timeout: 5000 }).catch(() => undefined)
    }
    const rows = page.locator('.words .wd')
    await expect.poll(() => rows.count()).toBe(4)
    for (const label of await rows.locator('.sr').allTextContents()) expect(label).toMatch(/± \d/)
    expect(await axe.faults(page)).toEqual([])
  })

  it('shows where a word landed: a look while the pointer rests on it, pinned by a click, ended by Escape', async () => {
    const { page, keep } = studio
    await page.locator('.under', { hasText: 'Result 1' }).waitFor()
    await expectDrawn(studio)
    const plain = await lookOfStage(studio)
    await marked(studio, 'pizza').hover()
    await page.locator('.under', { hasText: 'pizza' }).waitFor()
    await page.mouse.move(700, 300)
    await page.locator('.under', { hasText: 'pizza' }).waitFor({ state: 'detached' })
    await marked(studio, 'pizza').click()
    await page.locator('.under', { hasText: 'Where “pizza” landed' }).waitFor()
    await page.mouse.move(300, 120)
    await page.locator('.opt', { hasText: 'Heat map' }).waitFor()
    await expect.poll(() => lookOfStage(studio)).not.toEqual(plain)
    await keep('heat-map')
    expect(await axe.faults(page)).toEqual([])
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Escape')
    await page.locator('.under', { hasText: 'pizza' }).waitFor({ state: 'detached' })
    await expect.poll(() => lookOfStage(studio)).toEqual(plain)
  })

  it('tries three fixes side by side, changes nothing until one is chosen, and takes it back in one step', async () => {
    const { page, keep } = studio
    const before = (await storedDocument(studio)).state
    await page.locator('[data-story=fix]').click()
    const board = page.getByRole('region', { name: /^Three ways to help/ })
    await page.mouse.move(600, 20)
    const word = /“(.*)”/.exec((await board.getByRole('heading').textContent()) ?? '')?.[1] ?? ''
    await expect.poll(() => board.locator('figure img').count(), { timeout: 2 * patienceMs }).toBe(4)
    await expect
      .poll(() => board.locator('.num-of').allTextContents(), { timeout: 2 * patienceMs })
      .toEqual(
        Array.from({ length: 4 }, () => expect.stringMatching(/^−?\d+\.\d+ ± \d+\.\d+, (ignored|weak|present)$/)),
      )
    await keep('three-fixes')
    expect(await axe.faults(page)).toEqual([])
    expect((await storedDocument(studio)).state).toEqual(before)
    expect(await page.locator('.strip .res').count()).toBe(1)

    await board.getByRole('button', { name: 'Use this: Weight 1.3' }).click()
    await board.waitFor({ state: 'detached' })
    await expectSaved(studio)
    expect((await storedDocument(studio)).state.prompt).toBe(before.prompt.replace(word, `(${word}:1.3)`))
    await expect.poll(() => page.locator('.strip .res').count()).toBe(2)
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expectSaved(studio)
    expect((await storedDocument(studio)).state).toEqual(before)
  })

  it('is read by keyboard alone: word after word, and the list of words', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Shift+W')
    await page.locator('.under', { hasText: 'pizza' }).waitFor()
    await page.keyboard.press('Shift+W')
    await page.locator('.under', { hasText: 'lemon' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.under', { hasText: 'lemon' }).waitFor({ state: 'detached' })
    const row = page.locator('.words .wd').first()
    await row.focus()
    await page.keyboard.press('Enter')
    await page.locator('.opt', { hasText: 'Heat map' }).waitFor()
    expect(await row.getAttribute('aria-pressed')).toBe('true')
    await page.getByRole('button', { name: /^Make it a region/ }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.rtag', { hasText: 'pizza' }).waitFor()
  })

  it('shows a guided word with its region and how much of it was obeyed, in the light theme too', async () => {
    const { page } = studio
    const before = await page.locator('.strip .res').count()
    await page.keyboard.press('ControlOrMeta+Comma')
    await page.getByText('Light', { exact: true }).click()
    await page.keyboard.press('Alt+Digit1')
    await page.locator('[data-story=generate]').click()
    await expectResults(studio, before + 1)
    await marked(studio, 'pizza').click()
    await page.locator('.under', { hasText: 'Region outline solid, heat edge dashed' }).waitFor()
    await expect
      .poll(() => page.locator('.rtag').allTextContents())
      .toEqual([expect.stringMatching(/pizza\d+ % (obeyed|partly obeyed|missed)$/)])
    await page.mouse.move(600, 20)
    await page.screenshot({ path: join(tmpdir(), 'attune-heat-map-light.png') })
    expect(await axe.faults(page)).toEqual([])
  })
})
