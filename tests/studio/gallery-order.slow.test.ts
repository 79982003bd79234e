import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { someRecipe } from '../engine/library/temporary-library.ts'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { patienceMs } from './studio-hands.ts'

const all = 300

/** Pictures one a minute, all of one day; a tenth has stars, another tenth painted regions. Their files are gone. */
function fill({ service }: BrowserStudio): void {
  const noon = new Date().setHours(12, 0, 0, 0) - 86_400_000
  const added = service.library.images.addAll(
    Array.from({ length: all }, (_, i) => ({
      hash: i.toString(16).padStart(64, '0'),
      createdMs: noon + i * 60_000,
      width: 512,
      height: 512,
      format: 'png' as const,
      sizeBytes: 1000,
      recipe: someRecipe({ seed: String(i) }),
      foreign: null,
      ...(i % 10 === 3 && { coverage: [{ id: 'a', inside: (i % 100) / 100, fill: 1, isObeyed: i % 100 >= 60 }] }),
    })),
  )
  for (const [i, { image }] of added.entries())
    if (i % 10 === 0) service.library.feedback.add(image.id, i % 20 === 0 ? 'rate-5' : 'rate-2', Date.now())
}

describe('the order of the gallery', { timeout: patienceMs }, () => {
  let studio: BrowserStudio
  const cells = () => studio.page.locator('.cell')
  const heading = () => studio.page.locator('h3.day').first()
  const firstId = async () => Number((await cells().first().getAttribute('id'))?.replace('picture-', ''))
  const chosen = () => studio.page.locator('.bar-float b')
  const openGallery = async () => {
    await studio.page.keyboard.press('Alt+Digit2')
    await cells().first().waitFor({ timeout: patienceMs })
  }

  beforeAll(async () => {
    studio = await openBrowserStudio()
    fill(studio)
    await openGallery()
  }, 2 * patienceMs)
  afterEach(() => {
    expect(studio.faults.filter((fault) => !fault.includes('404'))).toEqual([])
  })
  afterAll(async () => {
    await studio.close()
    await studio.erase()
  })

  it('is chosen from a menu: by stars, under headings of stars, and rating one moves nothing', async () => {
    const { page, service } = studio
    await page.getByRole('button', { name: 'Order Newest' }).click()
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('menuitemcheckbox', { name: 'Most stars first' }).click()
    await heading()
      .filter({ hasText: /^5 stars 15$/ })
      .waitFor()
    const id = await firstId()
    expect(service.library.images.summary(id).rating).toBe(5)
    await cells().first().click()
    await page.keyboard.press('Digit1')
    await expect.poll(() => cells().first().getAttribute('aria-label')).toContain('1 star')
    expect(await firstId()).toBe(id)
    expect(await heading().textContent()).toMatch(/5 stars\s+15/)
    expect(await axe.faults(page)).toEqual([])
  })

  it('goes on by one key: what follows its words, newest, oldest; and is the same after a reload', async () => {
    const { page, service } = studio
    await page.keyboard.press('o')
    await heading().filter({ hasText: 'Follow their words' }).waitFor()
    expect(service.library.images.summary(await firstId()).obedience).toBeCloseTo(0.93, 10)
    await page.keyboard.press('o')
    await page.getByRole('button', { name: 'Order Newest' }).waitFor()
    await page.keyboard.press('o')
    await page.getByRole('button', { name: 'Order Oldest' }).waitFor()
    const oldest = service.library.database.prepare<[], { id: number }>('SELECT min(id) AS id FROM image').get()
    await expect.poll(firstId).toBe(oldest?.id)
    const kept = () => JSON.stringify(service.library.settings.all()['window.state'])
    await expect.poll(kept, { timeout: patienceMs }).toContain('"sort":"oldest"')
    await page.reload()
    await page.locator('[data-ready=true]').waitFor({ timeout: patienceMs })
    await openGallery()
    await expect.poll(firstId).toBe(oldest?.id)
  })

  it('has pictures chosen by a band of the mouse, added to with Control, and taken back by Escape', async () => {
    const { page } = studio
    const { mouse } = page
    const box = async (index: number) => {
      const found = await cells().nth(index).boundingBox()
      if (found === null) throw new Error('gallery: the picture is not shown.')
      return found
    }
    const [first, second] = [await box(0), await box(1)]
    const columns = await cells().evaluateAll(
      (list) => list.filter((cell) => cell.getBoundingClientRect().top === list[0]?.getBoundingClientRect().top).length,
    )
    const ground = { x: first.x - 8, y: first.y + 10 }
    const drag = async (from: { x: number; y: number }, to: { x: number; y: number }) => {
      await mouse.move(from.x, from.y)
      await mouse.down()
      await mouse.move(to.x, to.y, { steps: 5 })
    }
    // Over the first two of two lines.
    await drag(ground, { x: second.x + 20, y: first.y + first.height + 40 })
    await page.locator('.band').waitFor()
    await mouse.up()
    await chosen().filter({ hasText: '4 chosen' }).waitFor()
    const places = await page.locator('.cell.chosen').evaluateAll((list) => list.map((cell) => cell.ariaPosInSet))
    expect(places).toEqual([1, 2, columns + 1, columns + 2].map(String))

    const below = await box(2 * columns)
    await page.keyboard.down('Control')
    await drag({ x: below.x - 8, y: below.y + 10 }, { x: below.x + 20, y: below.y + 20 })
    await mouse.up()
    await page.keyboard.up('Control')
    await chosen().filter({ hasText: '5 chosen' }).waitFor()

    await drag(ground, { x: first.x + 20, y: first.y + 20 })
    await chosen().filter({ hasText: '1 chosen' }).waitFor()
    await page.keyboard.press('Escape')
    await mouse.up()
    await chosen().waitFor({ state: 'detached' })

    await drag(ground, { x: first.x + 20, y: first.y + 20 })
    await mouse.up()
    await chosen().filter({ hasText: '1 chosen' }).waitFor()
    await mouse.click(ground.x, ground.y)
    await chosen().waitFor({ state: 'detached' })
  })

  it('lets the band go on where the list scrolls', async () => {
    const { page } = studio
    const { mouse } = page
    const first = await cells().first().boundingBox()
    const list = await page.locator('[data-story=grid]').boundingBox()
    if (first === null || list === null) throw new Error('gallery: there are no pictures.')
    await mouse.move(first.x - 8, first.y + 10)
    await mouse.down()
    await mouse.move(first.x + 20, list.y + list.height + 200, { steps: 5 })
    const scrolled = () => page.locator('[data-story=grid]').evaluate((grid) => grid.scrollTop)
    await expect.poll(scrolled, { timeout: patienceMs }).toBeGreaterThan(list.height)
    await mouse.move(first.x + 20, list.y + list.height - 20)
    await mouse.up()
    const lines = Math.floor((list.height + list.height) / (first.height + 6))
    const count = Number.parseInt((await chosen().textContent()) ?? '', 10)
    expect(count).toBeGreaterThanOrEqual(lines - 2)
    await page.keyboard.press('Escape')
  })
})
