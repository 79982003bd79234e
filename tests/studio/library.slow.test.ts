import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { countImages } from '../../engine/library/image-pages.ts'
import { changeChunks } from '../../engine/image/png/png-chunks.ts'
import { encodeText } from '../../engine/image/png/png-texts.ts'
import { comfyPrompt, fooocus, invokeMetadata, novelAi } from '../engine/image/metadata/samples.ts'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { emptyCanvas, expectResults, patienceMs, setCount, write } from './studio-hands.ts'

const a1111 = `a red kettle on a table, (steam:1.2)
Negative prompt: text, frame
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 4071221, Size: 192x128, Model hash: abcdef1234, Model: somebody-else`

const strange = 'a jug\nSteps: 9, Sampler: Restart, CFG scale: 7, Seed: 5, Size: 192x128, RNG: CPU'

/** A picture as another program saves it. */
async function foreignPicture(texts: Readonly<Record<string, string>>, background = '#7a3b2e'): Promise<string> {
  const pixels = await sharp({ create: { width: 192, height: 128, channels: 3, background } })
    .png()
    .toBuffer()
  const insert = Object.entries(texts).map(([keyword, text]) => encodeText({ keyword, text }))
  return Buffer.from(changeChunks(pixels, { insert })).toString('base64')
}

async function drop({ page }: BrowserStudio, base64: string): Promise<void> {
  const data = await page.evaluateHandle((text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    const transfer = new DataTransfer()
    transfer.items.add(new File([bytes], 'kettle.png', { type: 'image/png' }))
    return transfer
  }, base64)
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
}

describe('the library', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio

  shareStudio((opened) => {
    studio = opened
  })

  it('takes the settings of a foreign picture and says what will differ', async () => {
    const { page, keep } = studio
    await page.getByRole('button', { name: 'Hide this panel' }).click()
    await drop(studio, await foreignPicture({ parameters: a1111 }))
    await page.getByText('Made with A1111').waitFor({ timeout: patienceMs })
    await keep('foreign-picture')
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Use these settings' }).click()
    await page.locator('.toast', { hasText: 'noise' }).waitFor()
    await page.getByRole('tab', { name: 'Setup' }).click()
    expect(await page.locator('.cm-content').textContent()).toContain('a red kettle on a table')
    expect(await page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('4071221')
    expect(await page.getByRole('combobox', { name: 'Sampler' }).inputValue()).toBe('dpmpp-2m')
    expect(await page.getByRole('textbox', { name: 'Width' }).inputValue()).toBe('192')
    await page.keyboard.press('ControlOrMeta+z')
    await page.locator('.cm-content', { hasText: 'teapot' }).waitFor()
  })

  it.each([
    ['ComfyUI', '#20456b', { prompt: comfyPrompt }, 'the graph itself was not taken over'],
    ['InvokeAI', '#206b45', { invokeai_metadata: invokeMetadata }, 'Its noise came from the graphics card'],
    ['Fooocus', '#6b2045', { parameters: fooocus }, 'It used “juggernautXL_v8'],
    ['NovelAI', '#45206b', novelAi, 'The program samples in ways of its own'],
    ['A1111', '#6b4520', { parameters: strange }, 'Its sampler “Restart” is not here; Heun comes nearest'],
  ])('says in plain words why a picture of %s comes out differently', async (source, colour, texts, reason) => {
    const { page } = studio
    await drop(studio, await foreignPicture(texts, colour))
    await page.getByText(`Made with ${source}`).waitFor({ timeout: patienceMs })
    await expect.poll(() => page.getByRole('dialog').textContent()).toContain(reason)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('rates, picks and finds pictures', async () => {
    const { page, keep } = studio
    await page.keyboard.press('Alt+KeyN')
    await page.locator('.doc', { hasText: 'Untitled' }).waitFor()
    await write(studio, 'a penguin in the snow')
    await setCount(studio, 2)
    await page.keyboard.press('ControlOrMeta+Enter')
    await expectResults(studio, 2)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Gallery', exact: true }).click()
    await expect.poll(() => page.locator('.cell').count(), { timeout: patienceMs }).toBe(8)
    await page.locator('.cell').first().click()
    await page.keyboard.press('Digit5')
    await page.keyboard.press('KeyP')
    await expect.poll(() => page.locator('.cell .st').count()).toBe(1)
    await expect.poll(() => page.locator('.cell .fl').count()).toBe(1)
    await page.keyboard.press('Slash')
    await page.locator('[data-search]:focus').waitFor()
    await page.keyboard.type('penguin stars:5')
    await expect.poll(() => page.locator('.cell').count(), { timeout: patienceMs }).toBe(1)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove 5 stars and up' }).waitFor()
    await keep('rate-and-search')
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Remove 5 stars and up' }).click()
    await expect.poll(() => page.locator('.cell').count()).toBe(2)
  })

  it('puts pictures into the trash and back', async () => {
    const { page } = studio
    await page.locator('.cell').first().click()
    await page.keyboard.press('Delete')
    await expect.poll(() => page.locator('.cell').count()).toBe(1)
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => page.locator('.cell').count()).toBe(2)
    await page.locator('.cell').first().click()
    await page.keyboard.press('Delete')
    await expect.poll(() => page.locator('.cell').count()).toBe(1)
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await page.getByRole('button', { name: /^Trash/ }).click()
    await page.getByRole('button', { name: 'Empty the trash' }).click()
    await page.getByRole('dialog', { name: 'Delete 1 picture for good?' }).waitFor()
    expect(await axe.faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Delete 1 picture', exact: true }).click()
    await page.getByText('Nothing is here yet.').waitFor()
    expect(countImages(studio.service.library.database, { isTrashed: true })).toBe(0)
    await page.getByRole('button', { name: /^All pictures/ }).click()
  })

  it('reads a folder of pictures where it lies', async () => {
    const { page, service } = studio
    const folder = await mkdtemp(join(tmpdir(), 'attune-folder-'))
    try {
      const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
        .png()
        .toBuffer()
      await writeFile(join(folder, 'blue.png'), png)
      await writeFile(join(folder, 'torn.png'), png.subarray(0, 60))
      const before = countImages(service.library.database, { isTrashed: false })
      await page.getByRole('button', { name: 'Add a folder' }).click()
      await page.getByRole('textbox', { name: 'Path of a folder on this computer' }).fill(folder)
      await page.keyboard.press('Enter')
      await page.locator('.toast', { hasText: '1 of 2 pictures were new; 1 could not be read.' }).waitFor()
      expect(countImages(service.library.database, { isTrashed: false })).toBe(before + 1)
      expect((await readdir(folder)).sort()).toEqual(['blue.png', 'torn.png'])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('says what models there are and what it does not have', async () => {
    const { page, keep } = studio
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Models', exact: true }).click()
    await page.getByText('No ControlNet: painted regions say where things go.').waitFor()
    await page.getByRole('searchbox', { name: 'Search the models' }).fill('flux')
    await expect.poll(() => page.getByText('No Flux, no Stable Diffusion 3').count()).toBe(2)
    await page.getByRole('searchbox', { name: 'Search the models' }).fill('')
    await keep('models')
    expect(await axe.faults(page)).toEqual([])
  })
})

describe('the queue', { timeout: 2 * patienceMs }, () => {
  it('stops the running picture between two steps and goes on with the next', async () => {
    const studio = await openBrowserStudio()
    try {
      const { page, keep, service } = studio
      await emptyCanvas(studio)
      await write(studio, 'a cake')
      await page.getByRole('tab', { name: 'Setup' }).click()
      // So much work that it is still at it when it is stopped, on any machine.
      await page.getByRole('slider', { name: 'Steps' }).fill('150')
      for (const side of ['Width', 'Height']) {
        await page.getByRole('textbox', { name: side }).fill('512')
        await page.keyboard.press('Enter')
      }
      await page.keyboard.press('ControlOrMeta+Enter')
      await page.keyboard.press('ControlOrMeta+Enter')
      await page.locator('.busy', { hasText: /Step [1-9]/ }).waitFor({ timeout: patienceMs })
      await page.keyboard.press('ControlOrMeta+j')
      await page.getByRole('heading', { name: 'Queue' }).waitFor()
      await keep('queue')
      expect(await axe.faults(page)).toEqual([])
      await page.locator('.dock').getByRole('button', { name: 'Cancel' }).click()
      await page.locator('.toast', { hasText: 'Stopped at step' }).waitFor()
      await expect.poll(() => service.library.jobs.list(['cancelled'], 10).length, { timeout: patienceMs }).toBe(1)
      await expect.poll(() => service.library.jobs.list(['running'], 10).length, { timeout: patienceMs }).toBe(1)
      await keep('cancel')
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})

describe('the waiting queue', { timeout: 2 * patienceMs }, () => {
  it('is put into another order by buttons, and goes on when it is told to', async () => {
    const studio = await openBrowserStudio()
    try {
      const { page, service } = studio
      await emptyCanvas(studio)
      await setCount(studio, 1)
      await page.keyboard.press('ControlOrMeta+j')
      await page.getByRole('button', { name: 'Pause', exact: true }).click()
      await page.getByRole('button', { name: 'Continue', exact: true }).waitFor()
      for (const words of ['a cake', 'a boat', 'a fox', 'a moon']) {
        await write(studio, words)
        await page.keyboard.press('ControlOrMeta+Enter')
        await page.locator('.jb', { hasText: words }).waitFor()
      }
      const order = () => page.locator('.jb b').allTextContents()
      const press = async (name: string) => {
        await page.getByRole('button', { name, exact: true }).focus()
        await page.keyboard.press('Enter')
      }
      await press('Move a cake down')
      await expect.poll(order).toEqual(['a boat', 'a cake', 'a fox', 'a moon'])
      await press('Move a moon up')
      await expect.poll(order).toEqual(['a boat', 'a cake', 'a moon', 'a fox'])
      await press('Run a fox next')
      await expect.poll(order).toEqual(['a fox', 'a boat', 'a cake', 'a moon'])
      await press('Remove a moon')
      await expect.poll(order).toEqual(['a fox', 'a boat', 'a cake'])
      expect(await axe.faults(page)).toEqual([])
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      const done = () => service.library.jobs.list(['done'], 10).map(({ request }) => request.prompt)
      await expect.poll(() => done().length, { timeout: patienceMs }).toBe(3)
      expect(done().toSorted()).toEqual(['a boat', 'a cake', 'a fox'])
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })

  it('says why a job failed, and tries it again or forgets it', async () => {
    const studio = await openBrowserStudio()
    try {
      const { page, service } = studio
      await emptyCanvas(studio)
      await setCount(studio, 1)
      service.library.settings.set('memory.budgetBytes', 1_000_000)
      for (const words of ['a cake', 'a boat']) {
        await write(studio, words)
        await page.keyboard.press('ControlOrMeta+Enter')
      }
      await page.keyboard.press('ControlOrMeta+j')
      const failed = page.locator('.fail')
      await expect.poll(() => failed.count(), { timeout: patienceMs }).toBe(2)
      expect(await failed.first().textContent()).toMatch(/needs [\d.]+ MB/)
      expect(await axe.faults(page)).toEqual([])
      await failed.filter({ hasText: 'a boat' }).getByRole('button', { name: 'Remove' }).click()
      await expect.poll(() => failed.count()).toBe(1)
      service.library.settings.set('memory.budgetBytes', null)
      await failed.getByRole('button', { name: 'Try again' }).click()
      const done = () => service.library.jobs.list(['done'], 10).map(({ request }) => request.prompt)
      await expect.poll(done, { timeout: patienceMs }).toEqual(['a cake'])
      await expect.poll(() => failed.count()).toBe(0)
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})
