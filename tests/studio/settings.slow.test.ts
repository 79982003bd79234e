import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { patienceMs } from './studio-hands.ts'

describe('a narrow window', { timeout: 2 * patienceMs }, () => {
  it('as at text of twice the size, keeps every workspace within its width', async () => {
    const studio = await openBrowserStudio({ width: 720, height: 450 })
    try {
      const { page } = studio
      const rightMost = () =>
        page.locator('main').evaluate((main) => {
          const { left, right } = main.getBoundingClientRect()
          return [left >= 0, right <= innerWidth, right - left > innerWidth / 2]
        })
      for (const keys of ['Alt+Digit1', 'Alt+Digit2', 'Alt+Digit3', 'ControlOrMeta+Comma']) {
        await page.keyboard.press(keys)
        await expect.poll(rightMost).toEqual([true, true, true])
      }
      await page.keyboard.press('Alt+Digit1')
      await page.getByRole('button', { name: 'Hide this panel' }).click()
      const generate = await page.locator('[data-story=generate]').boundingBox()
      expect((generate?.x ?? 0) + (generate?.width ?? 0)).toBeLessThan(720)
      await page.getByRole('button', { name: 'Show or hide the side panel' }).click()
      await page.getByRole('tab', { name: 'Setup' }).click()
      await page.getByRole('slider', { name: 'Steps' }).waitFor()
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})

describe('the settings', { timeout: 2 * patienceMs }, () => {
  let studio: BrowserStudio
  const row = (name: string) => studio.page.locator('.keys li', { has: studio.page.getByText(name, { exact: true }) })
  /** How often the system was asked; it says no. */
  const asked = () => studio.page.evaluate(() => Number(document.documentElement.dataset['asked'] ?? 0))
  const stored = () => studio.service.library.settings.all()

  beforeAll(async () => {
    studio = await openBrowserStudio({
      beforeLoad: () => {
        Notification.requestPermission = () => {
          const { dataset } = document.documentElement
          dataset['asked'] = String(Number(dataset['asked'] ?? 0) + 1)
          return Promise.resolve('denied')
        }
      },
    })
    await studio.page.keyboard.press('ControlOrMeta+Comma')
  }, 2 * patienceMs)
  afterEach(() => {
    expect(studio.faults).toEqual([])
  })
  afterAll(async () => {
    await studio.close()
    await studio.erase()
  })

  it('say which device is used and why no other', async () => {
    const { page, keep } = studio
    const device = page.getByRole('region', { name: 'Device' })
    await device.getByText('The next picture runs on: Processor (CPU).').waitFor({ timeout: patienceMs })
    const webgpu = device.locator('li', { hasText: 'WebGPU' })
    // A machine with a graphics card may have it.
    await expect
      .poll(() => webgpu.locator('.note').textContent())
      .toMatch(/^(Cannot be started here: .+|Not checked yet.+|.+as fast\.)/)
    await device.getByRole('combobox', { name: 'Run on' }).selectOption({ label: 'Processor (CPU)' })
    await expect.poll(() => stored()['engine.device']).toBe('cpu')
    await device.getByText('When it does not pass its check').waitFor()
    await webgpu.getByRole('button', { name: 'Check' }).click()
    await webgpu.getByRole('button', { name: 'Check', exact: true }).waitFor({ timeout: patienceMs })
    await expect.poll(() => webgpu.locator('.note').textContent()).not.toContain('Not checked yet')
    await keep('settings-device')
    expect(await axe.faults(page)).toEqual([])
    await device.getByRole('combobox', { name: 'Run on' }).selectOption({ label: 'Chosen by itself' })
    await expect.poll(() => stored()['engine.device']).toBe('automatic')
  })

  it('give keys to commands by where they lie, and say which command has them too', async () => {
    const { page } = studio
    await page.getByRole('button', { name: 'Add keys for New seed' }).click()
    await page.keyboard.press('KeyB')
    await page.locator('.toast', { hasText: '“Brush” has these keys too' }).waitFor()
    await row('Brush').getByRole('img', { name: 'These keys belong to “New seed” too' }).waitFor()
    await expect.poll(() => stored()['app.shortcuts']).toMatchObject({ 'seed.new': ['KeyB'] })
    expect(await axe.faults(page)).toEqual([])
    await row('New seed').getByRole('button', { name: 'Reset' }).click()
    await expect.poll(() => page.locator('.keys .warn').count()).toBe(0)
    await page.getByRole('button', { name: 'Add keys for New seed' }).click()
    await page.keyboard.press('Alt+KeyY')
    await expect.poll(() => Object.values(stored()['app.shortcuts'])).toEqual([['alt+KeyY']])
    await page.keyboard.press('Alt+Digit1')
    const seed = () => page.locator('.chips').textContent()
    const before = await seed()
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('Alt+KeyY')
    await expect.poll(seed).not.toBe(before)
  })

  it('ask for notices of the system only when they are wanted', async () => {
    const { page } = studio
    await page.keyboard.press('ControlOrMeta+Comma')
    expect(await asked()).toBe(0)
    await page.getByText('Tell me when long jobs end').click()
    await expect.poll(asked).toBe(1)
    await page.locator('.toast', { hasText: 'does not allow notifications' }).waitFor()
    expect(stored()['app.notifiesWhenDone']).toBe(false)
  })

  it('are found by their names in either language from the palette', async () => {
    const { page } = studio
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('Sprache')
    await page.getByRole('option', { name: /^Language/ }).click()
    await page.getByText('Deutsch', { exact: true }).click()
    await page.locator('html[lang=de]').waitFor()
    await page.keyboard.press('ControlOrMeta+k')
    await page.keyboard.type('offline')
    await page.getByRole('option', { name: /^Offline bleiben/ }).click()
    await page.locator('.parts [aria-current=true]').waitFor()
    expect(await axe.faults(page)).toEqual([])
  })
})
