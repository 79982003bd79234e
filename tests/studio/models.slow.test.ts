import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../engine/cli/starter-model.ts'
import { makeLora } from '../engine/worker/make-lora.ts'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { emptyCanvas, expectResults, patienceMs, setCount, write } from './studio-hands.ts'

/** A LoRA of the bundled model, the model itself without what it predicts, a ControlNet by its keys, and a pickle. */
async function fillFolder(folder: string): Promise<void> {
  await makeLora(join(folder, 'ink.safetensors'), {
    modelPath: starterModelPath(),
    wants: ({ component, module }) => component === 'unet' && module.includes('attn'),
  })
  const plain = join(folder, 'plain')
  await mkdir(join(plain, 'scheduler'), { recursive: true })
  for (const part of ['unet', 'vae', 'text_encoder', 'tokenizer', 'model_index.json'])
    await symlink(join(starterModelPath(), part), join(plain, part))
  await writeFile(join(plain, 'scheduler', 'scheduler_config.json'), '{"_class_name": "DDIMScheduler"}')
  await writeFile(join(folder, 'old.ckpt'), Buffer.from([0x80, 0x02, 0x7d, 0x71, 0x00, 0x2e]))
  await writeFile(join(folder, 'pose.safetensors'), emptyTensors(['control_model.zero_convs.0.0.weight', 'control_model.input_hint_block.0.weight'])) // prettier-ignore
}

/** A safetensors file of one number under each key. */
function emptyTensors(keys: readonly string[]): Buffer {
  const header = JSON.stringify(
    Object.fromEntries(keys.map((key, i) => [key, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }])),
  )
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(4 * keys.length)])
}

describe('models in the window', { timeout: 3 * patienceMs }, () => {
  it('come from folders, say what they are or why not, and LoRAs are put to use and taken back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'attune-models-'))
    await fillFolder(folder)
    const studio = await openBrowserStudio()
    try {
      const { page, keep } = studio
      await emptyCanvas(studio)
      await page.keyboard.press('Alt+Digit3')
      await page.getByRole('textbox', { name: 'Path of a folder on this computer' }).fill(folder)
      await page.getByRole('button', { name: 'Add a folder' }).click()
      const row = (name: string) =>
        page.locator('.file', { has: page.locator('b', { hasText: new RegExp(`^${name}`) }) })
      await row('ink').locator('.state', { hasText: 'Ready' }).waitFor({ timeout: patienceMs })
      await expect.poll(() => row('pose').textContent()).toMatch(/ControlNet.*cannot use/i)
      await expect.poll(() => row('old').textContent()).toMatch(/Attune never opens it/)
      await choosePrediction(studio)
      await keep('model-files')
      expect(await axe.faults(page)).toEqual([])
      await useLora(studio)
    } finally {
      await studio.close()
      await studio.erase()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

/** A model of ours without a word about what it predicts; the choice is kept and said. */
async function choosePrediction({ page, service }: BrowserStudio): Promise<void> {
  const choice = page.getByRole('combobox', { name: 'What plain predicts' })
  await page.getByText('Colours look burnt or washed out? Try the other.').waitFor({ timeout: patienceMs })
  expect(await choice.locator('option').allTextContents()).toEqual([
    'noise (assumed)',
    'noise (you chose it)',
    'v, velocity (you chose it)',
  ])
  await choice.selectOption({ label: 'v, velocity (you chose it)' })
  await page.getByText('Colours look burnt or washed out? Try the other.').waitFor({ state: 'detached' })
  const kept = service.library.models.list().find(({ name }) => name === 'plain')
  expect(kept?.prediction).toEqual({ own: 'epsilon', isAssumed: true, chosen: 'v_prediction' })
}

async function useLora(studio: BrowserStudio): Promise<void> {
  const { page, service } = studio
  await page.keyboard.press('Alt+Digit1')
  await page.getByRole('tab', { name: 'Setup' }).click()
  await page.getByRole('button', { name: 'Add a LoRA' }).click()
  await page.getByRole('menuitem', { name: /^ink/ }).click()
  const strength = page.getByRole('slider', { name: /^Strength of ink/ })
  await strength.fill('0.5')
  expect(await axe.faults(page)).toEqual([])
  await write(studio, 'a cake')
  await setCount(studio, 1)
  await page.keyboard.press('ControlOrMeta+Enter')
  await expectResults(studio, 1)
  const [done] = service.library.jobs.list(['done'], 1)
  expect(done?.request.loras).toMatchObject([{ strength: 0.5 }])
  await page.getByRole('button', { name: /^Remove ink/ }).click()
  await strength.waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await page.locator('[data-story=canvas]').focus()
  await page.keyboard.press('ControlOrMeta+z')
  await strength.waitFor()
  expect(studio.faults).toEqual([])
}
