import type { CDPSession } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { listImages } from '../../engine/library/image-pages.ts'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { begin, expectSaved, generate, onPaper, patienceMs, storedDocument } from './studio-hands.ts'

describe('a finger or a pen that rests', { timeout: patienceMs }, () => {
  let studio: BrowserStudio
  let screen: CDPSession
  const menu = (name: string) => studio.page.getByRole('menu', { name })
  const put = (x: number, y: number) =>
    screen.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
  const lift = () => screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  const sequence = async () => {
    await expectSaved(studio)
    return (await storedDocument(studio)).sequence
  }
  const middleOf = async (selector: string): Promise<{ x: number; y: number }> => {
    const box = await studio.page.locator(selector).first().boundingBox()
    if (box === null) throw new Error(`studio: ${selector} is not shown.`)
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  /** Down, three moves and up in one turn of the page, so that no time passes between. */
  const strokeAtOnce = async (pointerType: 'touch' | 'pen') => {
    const path = await Promise.all([0.3, 0.4, 0.5, 0.6].map((at) => onPaper(studio, at, at)))
    await studio.page.locator('[data-story=canvas]').evaluate(
      (field, { path, pointerType }) => {
        const tell = (type: string, at = { x: 0, y: 0 }) =>
          field.dispatchEvent(
            new PointerEvent(type, {
              pointerId: 1, // the mouse's, which can be captured
              pointerType,
              isPrimary: true,
              bubbles: true,
              cancelable: true,
              clientX: at.x,
              clientY: at.y,
              pressure: 0.5,
              buttons: type === 'pointerup' ? 0 : 1,
            }),
          )
        tell('pointerdown', path[0])
        for (const at of path.slice(1)) tell('pointermove', at)
        tell('pointerup', path.at(-1))
      },
      { path, pointerType },
    )
  }

  shareStudio(async (opened) => {
    studio = opened
    await begin(studio, 'a cat on a meadow', 1)
    await generate(studio, 1)
    screen = await studio.page.context().newCDPSession(studio.page)
    await screen.send('Emulation.setTouchEmulationEnabled', { enabled: true })
  })

  it('opens the menu of what lies there, and paints nothing', async () => {
    const { page } = studio
    const before = await sequence()
    const { x, y } = await onPaper(studio, 0.5, 0.5)
    await put(x, y)
    await menu('What lies here').waitFor()
    await lift()
    await page.getByRole('menuitemcheckbox', { name: 'Result 1' }).waitFor()
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await menu('What lies here').waitFor({ state: 'detached' })
    expect(await sequence()).toBe(before)
    expect((await storedDocument(studio)).state.regions).toEqual([])
  })

  // Before the pen: a finger near one is taken for a palm.
  it('paints as ever when it moves', async () => {
    const { page } = studio
    await strokeAtOnce('touch')
    await page.keyboard.press('Escape') // no words for it
    await expect.poll(async () => (await storedDocument(studio)).state.regions.length, { timeout: patienceMs }).toBe(1)
    expect(await menu('What lies here').count()).toBe(0)
  })

  it('does the same with a pen', async () => {
    const { page } = studio
    const before = await sequence()
    const send = async (type: 'mousePressed' | 'mouseReleased') =>
      screen.send('Input.dispatchMouseEvent', {
        type,
        ...(await onPaper(studio, 0.4, 0.4)),
        button: 'left',
        buttons: type === 'mousePressed' ? 1 : 0,
        pointerType: 'pen',
      })
    await send('mousePressed')
    await menu('What lies here').waitFor()
    await send('mouseReleased')
    await page.keyboard.press('Escape')
    await menu('What lies here').waitFor({ state: 'detached' })
    expect(await sequence()).toBe(before)
  })

  it('opens the menu of a row, as the right button and the menu key do', async () => {
    const { page } = studio
    const row = page.locator('.side .rw', { hasText: 'No words yet' })
    const { x, y } = await middleOf('.side .rw:has-text("No words yet") .name')
    await put(x, y)
    await page.getByRole('menuitem', { name: 'Only this one' }).waitFor()
    await lift()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await row.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Only this one' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await row.locator('.name').focus()
    await page.keyboard.press('ContextMenu')
    await page.getByRole('menuitem', { name: 'Only this one' }).waitFor()
    expect(await axe.faults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
  })

  it('opens the menu of a result, which is shown by that', async () => {
    const { page } = studio
    const { x, y } = await middleOf('.strip .res')
    await put(x, y)
    await menu('What to do with the result').waitFor()
    await lift()
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('menuitem', { name: 'Keep the result as a layer' }).click()
    await page.getByRole('button', { name: 'Kept' }).waitFor()
  })

  it('opens the menu of a picture in the gallery', async () => {
    const { page, service } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Alt+Digit2')
    await page.locator('.cell img').first().waitFor()
    const { x, y } = await middleOf('.cell')
    await put(x, y)
    await menu('What to do with the picture').waitFor()
    await lift()
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('menuitem', { name: 'Rate 4 stars' }).click()
    const rated = () => listImages(service.library.database, { query: { isTrashed: false, leastRating: 4 }, limit: 9 })
    await expect.poll(() => rated().images.length, { timeout: patienceMs }).toBe(1)
    await page.locator('[data-story=grid]').focus()
    await page.keyboard.press('ContextMenu')
    await menu('What to do with the picture').waitFor()
    await page.getByRole('menuitem', { name: 'Look at it large' }).waitFor()
    await page.keyboard.press('Escape')
  })
})
