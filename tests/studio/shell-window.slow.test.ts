import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMenus } from '../../electron/read-menus.ts'
import { readShellWords } from '../../electron/shell-words.ts'
import { commands } from '../../renderer/commands/commands.ts'
import { english } from '../../renderer/text/english.ts'
import { german } from '../../renderer/text/german.ts'
import { type BridgeStandIn, standInForBridge } from './bridge-stand-in.ts'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'

describe('the window in the desktop shell', () => {
  let studio: BrowserStudio
  const said = () => studio.page.evaluate(() => (window as unknown as { said: BridgeStandIn }).said)
  const choose = (id: string) =>
    studio.page.evaluate((chosen) => (window as unknown as { said: BridgeStandIn }).said.command?.(chosen), id)
  const lastMenus = async () => (await said()).menus.at(-1) ?? []

  beforeAll(async () => {
    studio = await openBrowserStudio({ beforeLoad: standInForBridge })
  }, 60_000)
  afterAll(async () => {
    await studio.close()
    await studio.erase()
  })

  it('says its commands to the native menu, under the names they have everywhere', async () => {
    await expect.poll(async () => (await lastMenus()).map(({ id }) => id)).toContain('recent')
    const menus = await lastMenus()
    expect(readMenus(menus)).toEqual(menus)
    const words = (await said()).words.at(-1)
    expect(readShellWords(words)).toEqual(words)
    expect(words?.quit).toBe(english['shell.quit'])
    const entries = menus.filter(({ id }) => id !== 'recent').flatMap((menu) => menu.entries)
    const expected = commands.filter(({ group }) => group !== 'tools')
    expect(entries.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted())
    for (const { id, label } of entries) {
      const command = commands.find((one) => one.id === id)
      expect([id, label]).toEqual([id, english[command?.label ?? 'menu.open']])
    }
  })

  it('does what is chosen there, a recent document too', async () => {
    await choose('go.gallery')
    await studio.page.locator('.libbar').waitFor()
    await choose('go.canvas')
    const before = await lastMenus()
    await choose('document.new')
    const recent = async () => (await lastMenus()).find(({ id }) => id === 'recent')?.entries ?? []
    await expect.poll(async () => (await recent()).length).toBe(2)
    const first = before.find(({ id }) => id === 'recent')?.entries[0]
    await choose(first?.id ?? '')
    await expect.poll(async () => (await said()).documents.at(-1)?.[0]).toBe(first?.label)
    await expect.poll(async () => (await recent()).find(({ isChecked }) => isChecked)?.id).toBe(first?.id)
  })

  it('speaks the language of the window there, and tells its colours', async () => {
    await choose('go.settings')
    await studio.page.getByText('Deutsch', { exact: true }).click()
    await expect.poll(async () => (await lastMenus())[0]?.label).toBe(german['group.generate'])
    expect((await said()).words.at(-1)?.quit).toBe(german['shell.quit'])
    expect((await said()).themes.at(-1)).toBe('dark')
    await studio.page.getByText('English', { exact: true }).click()
    await choose('go.canvas')
  })

  it('has a top bar that drags the window and leaves room for the system’s buttons', async () => {
    const { page } = studio
    const style = await page.locator('header.top').evaluate((bar) => ({
      region: getComputedStyle(bar).getPropertyValue('-webkit-app-region'),
      right: getComputedStyle(bar).paddingRight,
    }))
    expect(style).toEqual({ region: 'drag', right: '138px' })
    const button = page.locator('header.top button').first()
    expect(await button.evaluate((one) => getComputedStyle(one).getPropertyValue('-webkit-app-region'))).toBe('no-drag')
    await page.getByRole('button', { name: 'Open the menu' }).click()
    await expect.poll(async () => (await said()).opened.length).toBe(1)
  })

  it('takes a picture that the system opened, and lets its pictures be dragged out', async () => {
    const { page } = studio
    const bytes = [...readFileSync(join(import.meta.dirname, '../../docs/pictures/gallery.png'))]
    await page.evaluate((all) => {
      const stand = (window as unknown as { said: BridgeStandIn }).said
      stand.file?.({ name: 'opened.png', bytes: new Uint8Array(all) })
    }, bytes)
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await choose('go.gallery')
    const cell = page.locator('.cell').first()
    await cell.dispatchEvent('dragstart', { altKey: true })
    await expect.poll(async () => (await said()).dragged.map(({ length }) => length)).toEqual([1])
    expect(studio.faults).toEqual([])
  })
})
