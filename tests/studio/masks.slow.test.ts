import { describe, expect, it } from 'vitest'
import type { RawPicture } from '../../engine/contract/records.ts'
import { listImages } from '../../engine/library/image-pages.ts'
import { readMask, readPixels } from '../../engine/service/pictures/read-pixels.ts'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { begin, expectSaved, generate, patienceMs, storedDocument, stroke, write } from './studio-hands.ts'

/** How many pixels of two pictures differ, where the mask is black and where it is white. */
const changes = (before: RawPicture, after: RawPicture, mask: RawPicture): { outside: number; inside: number } => {
  const finer = mask.width / before.width
  const counts = { outside: 0, inside: 0 }
  for (let i = 0; i < before.width * before.height; i++) {
    if ([0, 1, 2].every((c) => before.data[i * 3 + c] === after.data[i * 3 + c])) continue
    const [x, y] = [(i % before.width) * finer, Math.floor(i / before.width) * finer]
    const rows = Array.from({ length: finer }, (_, row) =>
      mask.data.subarray((y + row) * mask.width + x, (y + row) * mask.width + x + finer),
    )
    counts[rows.some((row) => row.some((value) => value > 0)) ? 'inside' : 'outside'] += 1
  }
  return counts
}

describe('a mask', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio
  const documentState = async () => (await storedDocument(studio)).state
  const shownPictures = async (): Promise<readonly RawPicture[]> => {
    const { library, codec } = studio.service
    const { images } = listImages(library.database, { query: { isTrashed: false }, limit: 10 })
    return Promise.all(images.toReversed().map(async ({ id }) => (await readPixels(library, codec, String(id))).pixels))
  }

  shareStudio(async (opened) => {
    studio = opened
    await begin(studio, 'a cat and a pizza on a beach', 1)
    await generate(studio, 1)
  })

  it('is painted like a region, starts from what is shown, and is undone step by step', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Shift+M')
    await page.locator('.rw', { hasText: 'Mask 1' }).waitFor()
    await stroke(studio, [
      [0.3, 0.3],
      [0.6, 0.5],
      [0.7, 0.7],
    ])
    await expectSaved(studio)
    const painted = await documentState()
    expect(painted).toMatchObject({
      regions: [],
      masks: [{ name: 'Mask 1', mask: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
      setup: { startStrength: 0.8 },
    })
    await page.keyboard.press('ControlOrMeta+z')
    await page.getByText('Nothing is painted yet').waitFor()
    await page.keyboard.press('ControlOrMeta+z')
    await expectSaved(studio)
    expect(await documentState()).toMatchObject({ masks: [], setup: { startImage: null, startStrength: null } })
    for (let i = 0; i < 2; i++) await page.keyboard.press('ControlOrMeta+Shift+z')
    await expectSaved(studio)
    expect(await documentState()).toEqual(painted)
  })

  it('lets its inside change, and every pixel outside stay as it was', async () => {
    const { page, keep } = studio
    await write(studio, 'a dog on a beach')
    await generate(studio, 2)
    await page.locator('.under', { hasText: 'Result 2' }).waitFor()
    await keep('mask')
    expect(await axe.faults(page)).toEqual([])
    const [before, after] = await shownPictures()
    const { library, codec } = studio.service
    const mask = await readMask(library, codec, (await documentState()).masks[0]?.mask ?? '')
    if (before === undefined || after === undefined) throw new Error('there are two pictures')
    const { outside, inside } = changes(before, after, mask)
    expect(outside).toBe(0)
    expect(inside).toBeGreaterThan(500)
  })

  it('holds nothing back when it is hidden', async () => {
    const { page } = studio
    await page.getByRole('button', { name: /^Hide Mask 1/ }).click()
    await generate(studio, 3)
    const [before, , after] = await shownPictures()
    const { library, codec } = studio.service
    const mask = await readMask(library, codec, (await documentState()).masks[0]?.mask ?? '')
    if (before === undefined || after === undefined) throw new Error('there are three pictures')
    expect(changes(before, after, mask).outside).toBeGreaterThan(5000)
    await page.getByRole('button', { name: /^Show Mask 1/ }).click()
  })

  it('goes on from a result that is kept', async () => {
    const { page } = studio
    const { setup } = await documentState()
    await page.getByRole('button', { name: 'Keep' }).click()
    await expectSaved(studio)
    const { images } = listImages(studio.service.library.database, { query: { isTrashed: false }, limit: 1 })
    expect((await documentState()).setup).toMatchObject({ startImage: images[0]?.id })
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expectSaved(studio)
    expect((await documentState()).setup).toEqual(setup)
    await page.getByRole('button', { name: /^Mask 1$/ }).click()
  })

  it('is erased, locked, made fainter, inverted and moved', async () => {
    const { page } = studio
    const hash = async () => {
      await expectSaved(studio)
      return (await documentState()).masks[0]?.mask
    }
    const first = await hash()
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('e')
    await stroke(studio, [
      [0.55, 0.45],
      [0.7, 0.7],
    ])
    const erased = await hash()
    expect(erased).not.toBe(first)
    await page.locator('.rw', { hasText: 'Mask 1' }).hover()
    await page.getByRole('button', { name: 'Lock Mask 1' }).click()
    await stroke(studio, [
      [0.3, 0.3],
      [0.4, 0.4],
    ])
    expect(await hash()).toBe(erased)
    await page.getByRole('button', { name: 'Unlock Mask 1' }).click()
    await page.getByRole('slider', { name: 'Opacity' }).fill('40')
    await page.getByRole('slider', { name: 'Soft edge' }).fill('2')
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Shift+V')
    const inverted = await hash()
    expect(inverted).not.toBe(erased)
    await page.keyboard.press('Shift+V')
    expect(await hash()).toBe(erased)
    await page.keyboard.press('v')
    await stroke(studio, [
      [0.4, 0.37],
      [0.6, 0.57],
    ])
    expect(await hash()).not.toBe(erased)
    expect((await documentState()).masks).toMatchObject([{ opacity: 0.4, feather: 2, isLocked: false }])
  })

  it('comes back with the settings of a picture, and so does what it started from', async () => {
    const { page } = studio
    const { setup } = await documentState()
    await page.keyboard.press('Alt+KeyN')
    await page.locator('.rw', { hasText: 'Mask 1' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Alt+Digit2')
    // The newest was drawn with the mask hidden.
    await page.locator('.cell').nth(1).click()
    await page.keyboard.press('KeyA')
    await page.locator('.rw', { hasText: 'Mask 1' }).waitFor()
    await expectSaved(studio)
    const { masks, setup: used } = await documentState()
    expect(masks).toMatchObject([{ mask: expect.stringMatching(/^[0-9a-f]{64}$/) as string, opacity: 1 }])
    expect(used).toMatchObject({ startImage: (setup as { startImage?: number }).startImage, startStrength: 0.8 })
    await page.getByRole('button', { name: /^Mask 1$/ }).click()
  })

  it('is told of by keyboard alone, and removed', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('b')
    for (const key of ['ArrowDown', 'Space', 'ArrowRight', 'Space']) await page.keyboard.press(key)
    await page.locator('[aria-live=polite]', { hasText: 'inside Mask 1' }).waitFor({ state: 'attached' })
    await page.keyboard.press('Enter')
    await page.keyboard.press('Delete')
    await page.locator('.rw', { hasText: 'Mask 1' }).waitFor({ state: 'detached' })
    await page.keyboard.press('ControlOrMeta+z')
    await page.locator('.rw', { hasText: 'Mask 1' }).waitFor()
    await expectSaved(studio)
    expect((await documentState()).masks).toHaveLength(1)
  })
})
