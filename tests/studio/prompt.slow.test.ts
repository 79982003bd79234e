import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { emptyCanvas, expectResults, expectSaved, patienceMs, setCount, storedDocument, write } from './studio-hands.ts'

describe('the sentence', { timeout: 3 * patienceMs }, () => {
  let studio: BrowserStudio

  shareStudio(async (opened) => {
    studio = opened
    await emptyCanvas(studio)
  })

  const meter = () => studio.page.locator('.tokens .meter')
  const promptOf = async () => (await storedDocument(studio)).state.prompt

  it('is counted by the model’s own tokenizer as it is typed, and unknown words get a wave', async () => {
    const { page, keep } = studio
    await write(studio, 'a teapot and a lemmon and a gazebo')
    await meter()
      .getByText(/of 46 tokens/)
      .waitFor()
    const waves = page.locator('.prompt .w.unknown')
    await expect.poll(() => waves.allTextContents()).toEqual(['lemmon', 'gazebo'])
    expect(await waves.first().getAttribute('data-tip')).toBe(
      '“lemmon” is not among this model’s words. Near ones: lemon, lemons.',
    )
    await page.keyboard.press('End')
    await page.keyboard.type(' BREAK a blue sky')
    await meter()
      .getByText(/of 92 tokens, 2 chunks/)
      .waitFor()
    await page.locator('.prompt .chunkmark').waitFor()
    await keep('tokens')
    expect(await axe.faults(page)).toEqual([])
  })

  it('is weighed by the keyboard alone', async () => {
    const { page } = studio
    await write(studio, 'a teapot and a lemon')
    for (let i = 0; i < 4; i++) await page.keyboard.press('ControlOrMeta+ArrowUp')
    await expectSaved(studio)
    expect(await promptOf()).toBe('a teapot and a (lemon:1.2)')
    await page.keyboard.press('ControlOrMeta+ArrowDown')
    await page.keyboard.press('Home')
    await page.locator('.prompt sup', { hasText: '×1.15' }).waitFor()
    await expectSaved(studio)
    expect(await promptOf()).toBe('a teapot and a (lemon:1.15)')
  })

  it('takes on a style in one step, which undo takes back', async () => {
    const { page, keep } = studio
    await write(studio, 'a lemon')
    await page.getByRole('button', { name: 'Styles' }).click()
    const shelf = page.getByRole('dialog', { name: 'Prompts' })
    await shelf.getByLabel('Name').fill('On blue')
    await shelf.getByLabel('Prompt', { exact: true }).fill('{prompt} on a blue background')
    await shelf.getByLabel('Leave out').fill('black')
    await shelf.getByRole('button', { name: 'Save as a style' }).click()
    await shelf.getByRole('button', { name: 'Use the style On blue' }).waitFor()
    await keep('styles')
    expect(await axe.faults(page)).toEqual([])
    await shelf.getByRole('button', { name: 'Use the style On blue' }).click()
    await shelf.waitFor({ state: 'detached' })
    await expectSaved(studio)
    expect((await storedDocument(studio)).state).toMatchObject({
      prompt: 'a lemon on a blue background',
      negative: 'black',
    })
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expectSaved(studio)
    expect((await storedDocument(studio)).state).toMatchObject({ prompt: 'a lemon', negative: '' })
  })

  it('draws from a list, another entry for each picture, and the pictures say which', async () => {
    const { page, root, service } = studio
    await page.getByRole('button', { name: 'Lists for prompts' }).click()
    const shelf = page.getByRole('dialog', { name: 'Prompts' })
    await shelf.getByLabel('Name').fill('fruits')
    await shelf.getByLabel('Entries').fill('lemon\npizza')
    await shelf.getByRole('button', { name: 'Save as a list' }).click()
    await shelf.getByRole('button', { name: 'Insert the list fruits' }).click()
    expect(await readFile(join(root, 'wildcards', 'fruits.txt'), 'utf8')).toBe('lemon\npizza')
    await write(studio, 'a __fruits__')
    await setCount(studio, 2)
    await page.keyboard.press('ControlOrMeta+Enter')
    await expectResults(studio, 2)
    const { images } = await listImages(service)
    const recipes = images.map(({ id }) => service.library.images.details(id).recipe)
    for (const recipe of recipes) {
      expect(recipe?.template).toBe('a __fruits__')
      expect(recipe?.prompt).toMatch(/^a (lemon|pizza)$/)
    }
  })

  it('comes back from earlier prompts, found by its words', async () => {
    const { page } = studio
    const [wanted] = await drawnPrompts(studio)
    await write(studio, 'something else')
    await page.getByRole('button', { name: 'Earlier prompts' }).click()
    const shelf = page.getByRole('dialog', { name: 'Prompts' })
    await shelf.locator('.past').first().waitFor()
    expect(await axe.faults(page)).toEqual([])
    await shelf.getByLabel('Search earlier prompts').fill(wanted ?? '')
    await expect.poll(() => shelf.locator('.past').count()).toBe(1)
    await shelf.locator('.past').focus()
    await page.keyboard.press('Enter')
    await expectSaved(studio)
    expect(await promptOf()).toBe(wanted)
  })
})

const listImages = async (service: BrowserStudio['service']) => ({
  images: service.library.jobs
    .list(['done'], 1)
    .flatMap(({ id }) => [...service.library.jobs.finishedPictures(id)].map((picture) => ({ jobId: id, picture })))
    .flatMap(({ jobId, picture }) => imageOf(service, jobId, picture)),
})

const imageOf = (service: BrowserStudio['service'], jobId: number, picture: number) =>
  service.library.database
    .prepare<[number, number], { id: number }>('SELECT id FROM image WHERE job_id = ? AND picture = ?')
    .all(jobId, picture)

const drawnPrompts = async ({ service }: BrowserStudio): Promise<readonly string[]> => {
  const { images } = await listImages(service)
  return images.map(({ id }) => service.library.images.details(id).recipe?.prompt ?? '')
}
