import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { somePng } from '../engine/service/some-png.ts'
import { openService } from '../engine/service/temporary-service.ts'
import { hostileTexts } from './hostile-texts.ts'
import { openBrowserStudio } from './open-browser-studio.ts'
import { patienceMs } from './studio-hands.ts'

/** A library whose every name and text is meant to be taken for a script. */
const fill = async (root: string, models: string): Promise<void> => {
  const { service, window } = await openService(root, { describeModel: async (path) => ({ kind: 'lora', family: 'sd1', sentence: path.slice(-500), isUsable: false }) }) // prettier-ignore
  await mkdir(models)
  for (const [index, text] of hostileTexts.entries()) {
    await writeFile(join(models, `${text}.safetensors`), 'nothing')
    const settings = `${text}\nNegative prompt: ${text}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: ${index}, Size: 16x16, Model: ${text}` // prettier-ignore
    const png = somePng(index, [{ keyword: 'parameters', text: settings }])
    const { id } = await window.call('images.upload', { name: 'a.png', base64: Buffer.from(png).toString('base64') })
    await window.call('images.setTags', { ids: [id], add: [text] })
    await window.call('boards.create', { name: text })
    await window.call('documents.create', { name: text, state: {} })
  }
  await window.call('documents.list', {}).then((all) => Promise.all(all.map(({ id }) => window.call('documents.trash', { id })))) // prettier-ignore
  await window.call('models.addFolder', { path: models })
  expect(await window.call('models.list', {})).toHaveLength(hostileTexts.length)
  await service.close()
  const entry = { id: 'x', title: hostileTexts[0], kind: 'lora', family: 'sd1', licence: hostileTexts[1], licenceUrl: 'https://example.org/', files: [{ path: 'a', url: 'https://example.org/', sha256: 'a'.repeat(64), sizeBytes: 1 }] } // prettier-ignore
  await writeFile(join(root, 'catalogues', `${hostileTexts[3] ?? ''}.json`), JSON.stringify({ version: 1, models: [entry] })) // prettier-ignore
  await writeFile(join(root, 'catalogues', `${hostileTexts[0] ?? ''}.json`), hostileTexts[0] ?? '')
}

it(
  `shows ${hostileTexts.length} hostile names and texts as text, in the gallery, its details and among the models`,
  { timeout: 2 * patienceMs },
  async () => {
    // prettier-ignore
    expect(new Set(hostileTexts).size).toBe(50)
    const folder = await mkdtemp(join(tmpdir(), 'attune-hostile-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await fill(join(folder, 'library'), join(folder, 'models'))
    const studio = await openBrowserStudio({
      root: join(folder, 'library'),
      beforeLoad: () => {
        const reports: string[] = []
        Object.assign(window, { reports })
        document.addEventListener('securitypolicyviolation', (event) => reports.push(`${event.violatedDirective} ${event.sample}`)) // prettier-ignore
      },
    })
    onTestFinished(() => studio.close())
    const { page } = studio
    await page.getByRole('button', { name: 'Gallery', exact: true }).click()
    await page.locator('.cell').nth(9).waitFor()
    for (let cell = 0; cell < 10; cell++) {
      await page.locator('.cell').nth(cell).click()
      await page.mouse.move(200 + cell * 40, 300)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Models', exact: true }).click()
    await page
      .getByText(`${hostileTexts[0] ?? ''}.safetensors`, { exact: true })
      .first()
      .waitFor()
    // As many as were put there, each to the letter: nothing of them became an element.
    const shown = [...hostileTexts.map((text) => `${text}.safetensors`), hostileTexts[0]]
    await expect.poll(() => page.locator('.file b').allTextContents()).toEqual(expect.arrayContaining(shown))
    const seen = await page.evaluate<unknown>('({ attacked: window.attacked ?? null, reports: window.reports, images: document.querySelectorAll("img[src=x]").length })') // prettier-ignore
    expect(seen).toEqual({ attacked: null, reports: [], images: 0 })
    expect(studio.faults).toEqual([])
  },
)
