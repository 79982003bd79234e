import { describe, expect, it } from 'vitest'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { expectResults, patienceMs } from './studio-hands.ts'

type Step = readonly [screen: string, go: () => Promise<unknown>]

/** A way through every screen, panel, menu and dialog; each step begins where the one before ended. */
function wayThrough(studio: BrowserStudio): readonly Step[] {
  const { page } = studio
  const press = (keys: string) => () => page.keyboard.press(keys)
  const click = (selector: string) => () => page.locator(selector).click()
  const after = (first: () => Promise<unknown>, then: () => Promise<unknown>) => () => first().then(then)
  const escape = press('Escape')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const menu = (trigger: () => Promise<unknown>) => after(trigger, () => page.getByRole('menu').waitFor())
  return [
    ['welcome', press('Alt+Digit1')],
    ['layers', press('F1')],
    ['a hint', () => page.locator('.rail .tool').nth(1).hover().then(() => page.getByRole('tooltip').waitFor())], // prettier-ignore
    ['a region', () => page.locator('.side .rw .name').first().click()],
    ['the menu of documents', menu(click('.top .doc'))],
    ['the menu of making', after(escape, menu(click('.split [aria-haspopup=menu]')))],
    ['the grid of variations', after(escape, () => button('Grid of variations').click())],
    ['styles', after(escape, () => button('Styles').first().click())],
    ['lists for prompts', () => page.getByText('Lists', { exact: true }).click()],
    ['setup', after(escape, () => page.getByRole('tab', { name: 'Setup' }).click())],
    ['more of the setup', () => page.getByRole('button', { name: 'More', exact: false }).last().click()],
    ['alignment', () => page.getByRole('tab', { name: 'Alignment' }).click()],
    ['comparing', press('Shift+Backslash')],
    ['queue', after(press('Shift+Backslash'), press('ControlOrMeta+j'))],
    ['palette', after(press('ControlOrMeta+j'), press('ControlOrMeta+k'))],
    ['palette with finds', () => page.keyboard.type('cas')],
    ['gallery', after(escape, press('Alt+Digit2'))],
    ['filter', () => button('Filter').click()],
    ['a search', after(escape, () => page.getByRole('searchbox').fill('teapot stars:none '))],
    ['naming a search', () => button('Keep this search').click()],
    ['a search for nothing', after(escape, () => page.getByRole('searchbox').fill('zebra'))],
    ['chosen pictures', after(() => button('Clear').click(), () => choosePictures(studio))], // prettier-ignore
    ['a picture alone', after(escape, press('Space'))],
    ['the menu of a picture', after(escape, menu(click('.det [aria-haspopup=menu]')))],
    ['models', after(escape, press('Alt+Digit3'))],
    ['settings', press('ControlOrMeta+Comma')],
  ]
}

async function choosePictures({ page }: BrowserStudio): Promise<void> {
  await page.locator('.cell').nth(0).click()
  await page
    .locator('.cell')
    .nth(1)
    .click({ modifiers: ['Shift'] })
  await page.getByRole('toolbar').waitFor()
}

describe('every screen', { timeout: 4 * patienceMs }, () => {
  it.each(['Dark', 'Light'])('has nothing that any rule of axe-core finds wrong: %s', async (theme) => {
    const studio = await openBrowserStudio()
    try {
      const { page } = studio
      await page.locator('[data-story=generate]').click()
      await expectResults(studio, 4)
      await page.locator('.strip [aria-live]', { hasText: /^Result 4 of 4, .*teapot \d+ %/ }).waitFor()
      await page.keyboard.press('ControlOrMeta+Comma')
      await page.getByText(theme, { exact: true }).click()
      await page.locator(`html[data-theme=${theme.toLowerCase()}]`).waitFor()
      const wrong: string[] = []
      for (const [screen, go] of wayThrough(studio)) {
        await go()
        wrong.push(...(await axe.faults(page)).map((fault) => `${screen}: ${fault}`))
      }
      expect(wrong).toEqual([])
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})
