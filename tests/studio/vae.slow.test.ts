import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../engine/cli/starter-model.ts'
import { listImages } from '../../engine/library/image-pages.ts'
import type { BrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { begin, expectSaved, generate, patienceMs, storedDocument } from './studio-hands.ts'

describe('a VAE', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio
  let folder = ''
  const choice = () => studio.page.getByRole('combobox', { name: 'VAE' })
  const chosen = () => choice().locator('option:checked').textContent()
  const newest = () => {
    const { library } = studio.service
    const [image] = listImages(library.database, { query: { isTrashed: false }, limit: 1 }).images
    return library.images.details(image?.id ?? -1)
  }
  const useItsSettings = async () => {
    const { page } = studio
    await page.keyboard.press('Alt+Digit2')
    await page.locator('.cell').first().click()
    await page.getByRole('button', { name: 'Use these settings' }).click()
    await page.getByRole('tab', { name: 'Setup' }).click()
  }
  const setupOf = async () => {
    await expectSaved(studio)
    return (await storedDocument(studio)).state.setup
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attune-vae-'))
    await copyFile(
      join(starterModelPath(), 'vae/diffusion_pytorch_model.safetensors'),
      join(folder, 'soft.safetensors'),
    )
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  shareStudio(async (opened) => {
    studio = opened
    await begin(studio, 'a cake', 1)
    await studio.page.getByRole('tab', { name: 'Setup' }).click()
    expect(await choice().count()).toBe(0)
    await studio.page.keyboard.press('Alt+Digit3')
    await studio.page.getByRole('textbox', { name: 'Path of a folder on this computer' }).fill(folder)
    await studio.page.getByRole('button', { name: 'Add a folder' }).click()
    await studio.page.locator('.file', { hasText: 'This is a VAE' }).waitFor({ timeout: patienceMs })
    await studio.page.keyboard.press('Alt+Digit1')
    await studio.page.getByRole('tab', { name: 'Setup' }).click()
    await choice().waitFor()
  })

  it('is the model’s own unless another one is chosen, which goes into the picture’s recipe', async () => {
    expect(await chosen()).toBe('The model’s own')
    await choice().selectOption({ label: 'soft.safetensors' })
    expect(await axe.faults(studio.page)).toEqual([])
    await generate(studio, 1)
    expect(newest().recipe?.vae?.name).toBe('soft.safetensors')
    expect(await setupOf()).toMatchObject({ vae: expect.any(String) as string })
  })

  it('is undone like any other choice, and comes back with the settings of a picture', async () => {
    const { page } = studio
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('ControlOrMeta+z')
    await expect.poll(chosen).toBe('The model’s own')
    expect(await setupOf()).toMatchObject({ vae: null })
    await useItsSettings()
    await page.getByText('VAE', { exact: true }).first().waitFor()
    await expect.poll(chosen).toBe('soft.safetensors')
  })

  it('that is gone is said, where it is chosen and where the settings of a picture want it', async () => {
    const { page, service } = studio
    const { id } = service.library.models.list().find(({ kind }) => kind === 'vae') ?? { id: -1 }
    await rm(join(folder, 'soft.safetensors'))
    await expect.poll(() => service.library.models.get(id).isMissing, { timeout: patienceMs }).toBe(true)
    await page.getByText('The chosen VAE is not in your folders any more.').waitFor({ timeout: patienceMs })
    expect(await chosen()).toBe('Not in the folders')
    expect(await axe.faults(page)).toEqual([])
    await useItsSettings()
    await page.getByText('It used the VAE “soft.safetensors”').waitFor()
    await choice().waitFor({ state: 'detached' })
  })
})
