import { describe, expect, it } from 'vitest'
import type { BrowserStudio } from './open-browser-studio.ts'
import { shareStudio } from './share-studio.ts'
import { begin, expectResults, expectSaved, patienceMs, results, write } from './studio-hands.ts'

describe('pictures return to the strip', { timeout: 3 * patienceMs }, () => {
  let studio: BrowserStudio
  const failed = () => studio.page.locator('.fail')
  const done = () => studio.service.library.jobs.list(['done'], 10).map(({ request }) => request.prompt)
  const places = () => studio.page.locator('.strip .res')
  const isTitle = (name: string) => studio.page.locator('.docname', { hasText: new RegExp(`^${name}$`) }).waitFor()
  const makeFail = async (words: string) => {
    const { page, service } = studio
    service.library.settings.set('memory.budgetBytes', 1_000_000)
    await write(studio, words)
    await page.keyboard.press('ControlOrMeta+Enter')
    await failed().waitFor({ timeout: patienceMs })
    service.library.settings.set('memory.budgetBytes', null)
  }
  const newDocument = async () => {
    await studio.page.locator('[data-story=canvas]').focus()
    await studio.page.keyboard.press('Alt+KeyN')
    await isTitle('Untitled')
  }
  const openDocument = async (name: string) => {
    const { page } = studio
    await page.keyboard.press('ControlOrMeta+o')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: new RegExp(`^${name}`) })
      .first()
      .click()
    await isTitle(name)
  }

  shareStudio(async (opened) => {
    studio = opened
    await begin(studio, 'a cake', 1)
    await studio.page.locator('.top .doc').click()
    await studio.page.getByRole('menuitem', { name: 'Rename', exact: true }).click()
    await studio.page.getByRole('textbox', { name: 'Rename' }).fill('Cakes')
    await studio.page.keyboard.press('Enter')
    await isTitle('Cakes')
    await studio.page.keyboard.press('ControlOrMeta+j')
  })

  it('when a job that failed is tried again', async () => {
    await makeFail('a cake')
    await expect.poll(() => places().count()).toBe(0)
    await failed().getByRole('button', { name: 'Try again' }).click()
    await expectResults(studio, 1)
    expect(done()).toEqual(['a cake'])
  })

  it('of their own document, while another one is open', async () => {
    await makeFail('a boat')
    await expect.poll(() => places().count()).toBe(1)
    await expectSaved(studio)
    await newDocument()
    await failed().getByRole('button', { name: 'Try again' }).click()
    await expect.poll(done, { timeout: patienceMs }).toHaveLength(2)
    expect(await places().count()).toBe(0)
    await openDocument('Cakes')
    await expectResults(studio, 2)
  })

  it('that were finished while another document was open', async () => {
    const { page } = studio
    await write(studio, 'a fox')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect.poll(() => places().count()).toBe(3)
    await expectSaved(studio)
    await newDocument()
    await expect.poll(done, { timeout: patienceMs }).toHaveLength(3)
    await openDocument('Cakes')
    await expectResults(studio, 3)
    expect(await results(studio).count()).toBe(await places().count())
  })
})
