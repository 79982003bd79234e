import { describe, expect, it } from 'vitest'
import { listImages } from '../../engine/library/image-pages.ts'
import { readPixels } from '../../engine/service/pictures/read-pixels.ts'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import {
  emptyCanvas,
  expectDrawn,
  expectSaved,
  generate,
  onPaper,
  patienceMs,
  setCount,
  storedDocument,
  stroke,
  write,
} from './studio-hands.ts'

const surfaces = { pictures: 0, paint: 1 } as const

/** Red, green, blue and alpha of one of the stage's surfaces, at a place by its share of the paper. */
async function seenAt(studio: BrowserStudio, surface: keyof typeof surfaces, x: number, y: number) {
  const at = await onPaper(studio, x, y)
  return studio.page
    .locator('.field > canvas')
    .nth(surfaces[surface])
    .evaluate((canvas, { x, y }) => {
      if (!(canvas instanceof HTMLCanvasElement)) return []
      const { left, top } = canvas.getBoundingClientRect()
      const pixel = canvas.getContext('2d')?.getImageData(Math.round(x - left), Math.round(y - top), 1, 1)
      return [...(pixel?.data ?? [])]
    }, at)
}

/** A sum over all pixels of the pictures: two different ones do not share it. */
const seenAll = ({ page }: BrowserStudio): Promise<number> =>
  page
    .locator('.field > canvas')
    .first()
    .evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return 0
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
      return pixels?.data.reduce((sum, value, i) => sum + value * (1 + (i % 89)), 0) ?? 0
    })

const mean = (one: readonly number[], other: readonly number[]): number[] =>
  one.map((value, i) => (value + (other[i] ?? 0)) / 2)

const farthest = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? Infinity))), 0)

const places = [
  [0.2, 0.2],
  [0.5, 0.5],
  [0.8, 0.7],
] as const

describe('regions and results over a picture', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio
  const documentState = async () => {
    await expectSaved(studio)
    return (await storedDocument(studio)).state
  }
  const focusCanvas = () => studio.page.locator('[data-story=canvas]').focus()
  const fade = (percent: number) =>
    studio.page.getByRole('slider', { name: 'Opacity', exact: true }).fill(String(percent))
  const seenPixels = async () => {
    await expectDrawn(studio)
    return (await Promise.all(places.map(([x, y]) => seenAt(studio, 'pictures', x, y)))).flat()
  }
  const row = (name: string) => studio.page.locator('.side .rw', { hasText: name })
  const draw = async (prompt: string, count: number) => {
    await write(studio, prompt)
    await generate(studio, count)
    await studio.page.locator('.under', { hasText: `Result ${count}` }).waitFor()
  }

  shareStudio(async (opened) => {
    studio = opened
    await emptyCanvas(studio)
    await setCount(studio, 1)
    await draw('a cat on a meadow', 1)
  })

  it('a shown result is let through, without a step of the document, and so it stays after a reload', async () => {
    const { page, keep } = studio
    await focusCanvas()
    await page.keyboard.press('h')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Kept' }).waitFor()
    await draw('a pizza on a table', 2)
    const { sequence } = await storedDocument(studio)
    const whole = await seenPixels()
    await row('Result 2').getByRole('button', { name: 'Result 2', exact: true }).click()
    await fade(0)
    const below = await seenPixels()
    expect(farthest(whole, below)).toBeGreaterThan(20)
    await fade(50)
    await row('Result 2').getByText('50 %').waitFor()
    expect(farthest(await seenPixels(), mean(whole, below))).toBeLessThanOrEqual(2)
    await keep('result-opacity')
    expect(await axe.faults(page)).toEqual([])
    await expectSaved(studio)
    expect((await storedDocument(studio)).sequence).toBe(sequence)
    // What is remembered beside the document is written 300 ms after the last change.
    await expect
      .poll(() => JSON.stringify(studio.service.library.settings.all()['window.state']))
      .toContain('"opacity":0.5')
    await page.reload()
    await row('Result 2').getByText('50 %').waitFor()
    await page.locator('.under', { hasText: 'Result 2' }).waitFor()
    await expect
      .poll(async () => farthest(await seenPixels(), mean(whole, below)), { timeout: patienceMs })
      .toBeLessThanOrEqual(2)
  })

  it('is what the next picture starts from just as it is seen', async () => {
    const { page, service } = studio
    const { library, codec } = service
    const [second, first] = listImages(library.database, { query: { isTrashed: false }, limit: 10 }).images
    await page.getByRole('tab', { name: 'Setup' }).click()
    await page.getByRole('button', { name: 'Start from what is shown' }).click()
    await expect.poll(async () => (await documentState()).setup.startImage).not.toBeNull()
    const { startImage } = (await documentState()).setup
    const { images } = listImages(library.database, { query: { isTrashed: false }, limit: 10 })
    expect(images.map(({ id }) => id)).toEqual([startImage, second?.id, first?.id])
    const pixels = async (id: number | null | undefined) => (await readPixels(library, codec, String(id))).pixels.data
    const both = mean([...(await pixels(first?.id))], [...(await pixels(second?.id))])
    // A half is 128 of 255 to the browser, and each of the two is rounded.
    expect(farthest([...(await pixels(startImage))], both)).toBeLessThanOrEqual(2)
    await focusCanvas()
    await page.keyboard.press('ControlOrMeta+z')
    expect((await documentState()).setup.startImage).toBeNull()
    await page.getByRole('tab', { name: 'Layers' }).click()
  })

  it('a result that is moved is kept where it was put, in one step', async () => {
    const { page } = studio
    await focusCanvas()
    await page.keyboard.press('v')
    await page.getByText('Moving a result keeps it as a layer.').waitFor()
    await expectDrawn(studio)
    const before = await seenAll(studio)
    const { sequence } = await storedDocument(studio)
    await stroke(studio, [
      [0.5, 0.5],
      [0.71, 0.56],
    ])
    await page.getByRole('button', { name: 'Kept' }).waitFor()
    const { layers } = await documentState()
    expect(layers).toHaveLength(2)
    expect(layers[0]).toMatchObject({ name: 'Result 2', opacity: 0.5, angle: 0 })
    expect(layers[0]?.place.x).toBeGreaterThan(10)
    expect((await storedDocument(studio)).sequence).toBe(sequence + 1)
    await expectDrawn(studio)
    const after = await seenAll(studio)
    expect(after).not.toBe(before)
    await page.keyboard.press('ControlOrMeta+z')
    await page.getByRole('button', { name: 'Keep' }).waitFor()
    expect((await documentState()).layers).toHaveLength(1)
    await expect.poll(() => seenAll(studio)).toBe(before)
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await expect.poll(() => seenAll(studio)).toBe(after)
    expect((await documentState()).layers).toEqual(layers)
    await page.keyboard.press('ControlOrMeta+z')
  })

  it('a result that is turned by a number or blended is kept, too', async () => {
    const { page } = studio
    await page.getByRole('combobox', { name: 'Blend' }).selectOption('multiply')
    await expect
      .poll(async () => (await documentState()).layers)
      .toMatchObject([{ name: 'Result 2', blend: 'multiply', opacity: 0.5 }, { name: 'Result 1' }])
    await focusCanvas()
    await page.keyboard.press('ControlOrMeta+z')
    expect((await documentState()).layers).toHaveLength(1)
    await page.getByRole('button', { name: 'Flip left and right' }).click()
    expect((await documentState()).layers[0]).toMatchObject({ isFlipped: true, blend: 'normal', opacity: 0.5 })
    await focusCanvas()
    await page.keyboard.press('ControlOrMeta+z')
    await page.getByRole('button', { name: 'Hide Result 2' }).click()
    await row('Result 2').waitFor({ state: 'detached' })
  })

  it('a region has an opacity of its own, which is undone like a stroke', async () => {
    const { page, keep } = studio
    await focusCanvas()
    await page.keyboard.press('n')
    await page.keyboard.press('Escape')
    await page.keyboard.press('u')
    await stroke(studio, [
      [0.2, 0.2],
      [0.6, 0.6],
    ])
    const inside = () => seenAt(studio, 'paint', 0.4, 0.4)
    const slider = page.getByRole('slider', { name: 'Opacity of its colour over the picture' })
    await expectDrawn(studio)
    const full = await inside()
    const film = await seenAt(studio, 'paint', 0.8, 0.8)
    expect(farthest(full, film)).toBeGreaterThan(20)
    await slider.fill('30')
    await expect.poll(async () => farthest(await inside(), full)).toBeGreaterThan(10)
    await keep('region-opacity')
    expect(await axe.faults(page)).toEqual([])
    expect((await documentState()).regions).toMatchObject([{ opacity: 0.3 }])
    await slider.fill('0')
    await expect.poll(inside).toEqual(film)
    expect((await documentState()).regions).toMatchObject([{ opacity: 0 }])
    await focusCanvas()
    await page.keyboard.press('ControlOrMeta+z')
    await expect.poll(async () => (await documentState()).regions).toMatchObject([{ opacity: 0.3 }])
    await page.keyboard.press('ControlOrMeta+z')
    await expect.poll(inside).toEqual(full)
    expect((await documentState()).regions).toMatchObject([{ opacity: 1 }])
  })

  it('the right button names what lies under it, and changes it with undo', async () => {
    const { page, keep } = studio
    await page.getByPlaceholder('What goes here?').first().press('Escape')
    const choose = async (name: string) => {
      const { x, y } = await onPaper(studio, 0.4, 0.4)
      await page.mouse.click(x, y, { button: 'right' })
      await page.getByRole('menu', { name: 'What lies here' }).waitFor()
      await keep('stage-menu')
      await page.getByRole(/^(Opacity|Result|1)/.test(name) ? 'menuitemcheckbox' : 'menuitem', { name }).click()
      await page.getByRole('menu').waitFor({ state: 'detached' })
    }
    const { x, y } = await onPaper(studio, 0.4, 0.4)
    await page.mouse.click(x, y, { button: 'right' })
    await page.getByRole('menuitemcheckbox', { name: '1 No words yet', checked: true }).waitFor()
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await choose('Opacity 25 %')
    expect((await documentState()).regions).toMatchObject([{ opacity: 0.25 }])
    await choose('Lock')
    expect((await documentState()).regions).toMatchObject([{ opacity: 0.25, isLocked: true }])
    await page.keyboard.press('ControlOrMeta+z')
    await page.keyboard.press('ControlOrMeta+z')
    expect((await documentState()).regions).toMatchObject([{ opacity: 1, isLocked: false }])
    await choose('Rename')
    await page.getByPlaceholder('What goes here?').first().fill('cat')
    await page.keyboard.press('Enter')
    await choose('1 cat')
    await choose('Remove')
    expect((await documentState()).regions).toEqual([])
    await choose('Hide')
    expect((await documentState()).layers).toMatchObject([{ name: 'Result 1', isVisible: false }])
    await page.keyboard.press('ControlOrMeta+z')
    await page.keyboard.press('ControlOrMeta+z')
    expect((await documentState()).regions).toMatchObject([{ phrase: 'cat' }])
  })

  it("a pen's button at the barrel erases and opens no menu", async () => {
    const { page } = studio
    await row('cat').getByRole('button', { name: 'cat', exact: true }).click()
    const { mask } = (await documentState()).regions[0] ?? {}
    const pen = await page.context().newCDPSession(page)
    const send = async (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', x: number, y: number) =>
      pen.send('Input.dispatchMouseEvent', {
        type,
        ...(await onPaper(studio, x, y)),
        button: 'right',
        buttons: type === 'mouseReleased' ? 0 : 2,
        pointerType: 'pen',
      })
    await send('mousePressed', 0.3, 0.3)
    for (const at of [0.35, 0.4, 0.45]) await send('mouseMoved', at, at)
    await send('mouseReleased', 0.45, 0.45)
    await expect.poll(async () => (await documentState()).regions[0]?.mask).not.toBe(mask)
    expect(await page.getByRole('menu').count()).toBe(0)
    await expect.poll(() => seenAt(studio, 'paint', 0.4, 0.4)).toEqual(await seenAt(studio, 'paint', 0.8, 0.8))
  })
})
