import { describe, expect, it } from 'vitest'
import type { BrowserStudio } from './open-browser-studio.ts'
import { shareStudio } from './share-studio.ts'
import { begin, expectSaved, generate, patienceMs, setSeed, storedDocument } from './studio-hands.ts'

describe('words that a picture forgot', { timeout: 3 * patienceMs }, () => {
  let studio: BrowserStudio
  const missing = () => studio.page.getByRole('slider', { name: 'Missing words' })

  shareStudio(async (opened) => {
    studio = opened
    // With this seed the bundled model forgets the balloon.
    await begin(studio, 'a balloon and a tiger in the desert', 1)
    await setSeed(studio, '1011')
    await studio.page.locator('.sec button.more').click()
  })

  it('are drawn with more weight when the slider says so, and the picture tells which', async () => {
    const { page, service } = studio
    await missing().focus()
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight')
    expect(await missing().inputValue()).toBe('1.2')
    await generate(studio, 1)
    const image = service.library.database.prepare<[], { id: number }>('SELECT id FROM image').get()
    expect(service.library.images.details(image?.id ?? -1).recipe).toMatchObject({
      prompt: 'a (balloon:1.2) and a tiger in the desert',
      template: 'a balloon and a tiger in the desert',
      phraseWeights: [{ phrase: 'balloon', weight: 1.2 }],
      seed: '1011',
    })
  })

  it('keep their weight in the sentence when the settings are used again, and nobody looks any more', async () => {
    const { page } = studio
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Gallery', exact: true }).click()
    await page.locator('.cell').first().click()
    await page.getByText('balloon 1.2', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Use these settings' }).click()
    await page.getByRole('tab', { name: 'Setup' }).click()
    await expectSaved(studio)
    const { state } = await storedDocument(studio)
    expect(state.prompt).toBe('a (balloon:1.2) and a tiger in the desert')
    await page.locator('.sec button.more').click() // closed since the panel was left
    expect(await missing().inputValue()).toBe('1')
  })
})
