import { describe, expect, it } from 'vitest'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { begin, expectSaved, generate, patienceMs, storedDocument } from './studio-hands.ts'

describe('names', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio
  const name = (text: string) => studio.page.locator('.side .rw').getByRole('button', { name: text, exact: true })
  const field = () => studio.page.locator('.side .rw input')
  const documentState = async () => {
    await expectSaved(studio)
    return (await storedDocument(studio)).state
  }
  const layerNames = async () => (await documentState()).layers.map((layer) => layer.name)

  shareStudio(async (opened) => {
    studio = opened
    await begin(studio, 'a cat on a meadow', 1)
    await generate(studio, 1)
    await studio.page.locator('.strip').getByRole('button', { name: 'Keep' }).click()
    await name('Result 1').waitFor()
  })

  it('of layers are written over by a double click, and undone like a stroke', async () => {
    const { page } = studio
    await name('Result 1').dblclick()
    await field().fill('Meadow')
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await name('Meadow').waitFor()
    expect(await layerNames()).toEqual(['Meadow'])
    await page.keyboard.press('ControlOrMeta+z')
    await name('Result 1').waitFor()
    expect(await layerNames()).toEqual(['Result 1'])
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await name('Meadow').waitFor()
  })

  it('stay as they are when Escape gives them up or nothing is written', async () => {
    const { page } = studio
    const { sequence } = await storedDocument(studio)
    for (const text of ['Lake', '  ']) {
      await name('Meadow').dblclick()
      await field().fill(text)
      await page.keyboard.press(text === 'Lake' ? 'Escape' : 'Enter')
      await name('Meadow').waitFor()
    }
    await expectSaved(studio)
    expect((await storedDocument(studio)).sequence).toBe(sequence)
  })

  it('of masks are written after F2, on the row and on the canvas, and the keyboard goes on from there', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Shift+M')
    await name('Mask 1').focus()
    await page.keyboard.press('F2')
    await field().fill('Fur')
    await page.keyboard.press('Enter')
    await expect.poll(() => name('Fur').evaluate((button) => button === document.activeElement)).toBe(true)
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('F2')
    await field().fill('Fur and grass')
    await page.keyboard.press('Enter')
    await name('Fur and grass').waitFor()
    expect((await documentState()).masks.map((mask) => mask.name)).toEqual(['Fur and grass'])
  })

  it('of regions are the words they ask for, written from the menu of the row', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('n')
    await page.keyboard.press('Escape')
    await page.locator('.side .rw', { hasText: 'No words yet' }).hover()
    await page.getByRole('button', { name: 'More about region 1' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await field().fill('cat')
    await page.keyboard.press('Enter')
    await name('cat').waitFor()
    expect((await documentState()).regions.map(({ phrase }) => phrase)).toEqual(['cat'])
  })

  it('are there again after a reload', async () => {
    const { page } = studio
    await expectSaved(studio)
    await page.reload()
    for (const text of ['Meadow', 'Fur and grass', 'cat']) await name(text).waitFor({ timeout: patienceMs })
  })
})
