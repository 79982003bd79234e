import { describe, expect, it } from 'vitest'
import { type BrowserStudio, openBrowserStudio } from './open-browser-studio.ts'
import { axe } from './run-axe.ts'
import { shareStudio } from './share-studio.ts'
import { emptyCanvas, expectSaved, patienceMs, stroke, write } from './studio-hands.ts'

describe('documents', { timeout: patienceMs }, () => {
  let studio: BrowserStudio
  const titles = () => studio.service.library.documents.list(false).map(({ name }) => name)
  const trashed = () => studio.service.library.documents.list(true).map(({ name }) => name)
  const title = (name: string) => studio.page.locator('.docname', { hasText: new RegExp(`^${name}$`) })
  const choose = async (entry: string): Promise<void> => {
    await studio.page.locator('.top .doc').click()
    await studio.page.getByRole('menuitem', { name: entry, exact: true }).click()
  }

  shareStudio(async (opened) => {
    studio = opened
    await emptyCanvas(studio)
  })

  it('are renamed, and the name is undone like a stroke', async () => {
    const { page } = studio
    await write(studio, 'a cat')
    await choose('Rename')
    await page.getByRole('textbox', { name: 'Rename' }).fill('The cat')
    await page.keyboard.press('Enter')
    await title('The cat').waitFor()
    await expectSaved(studio)
    expect(titles()).toEqual(['The cat', 'Teapot and lemon'])
    await page.locator('[data-story=canvas]').focus()
    await page.keyboard.press('ControlOrMeta+z')
    await title('Untitled').waitFor()
    await expectSaved(studio)
    expect(titles()).toContain('Untitled')
    await page.keyboard.press('ControlOrMeta+Shift+z')
    await title('The cat').waitFor()
    await expectSaved(studio)
    expect(titles()).toContain('The cat')
  })

  it('are doubled, and the copy goes its own way', async () => {
    await choose('Duplicate the document')
    await title('The cat, copy').waitFor()
    await stroke(studio, [
      [0.3, 0.4],
      [0.6, 0.4],
    ])
    await studio.page.keyboard.press('Escape')
    await expectSaved(studio)
    expect(titles()).toHaveLength(3)
  })

  it('go into the trash, and come back with one press', async () => {
    const { page } = studio
    await choose('Move the document to the trash')
    await page.getByText('“The cat, copy” is in the trash.').waitFor()
    expect(trashed()).toEqual(['The cat, copy'])
    // Another one was opened before the notice came; it stays for 6 s.
    expect(await title('The cat').count()).toBe(1)
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).click()
    await title('The cat, copy').waitFor()
    expect(trashed()).toEqual([])
    await page.locator('.rtag').waitFor()
  })

  it('are listed, searched, put back and deleted for good', async () => {
    const { page, keep } = studio
    await page.keyboard.press('ControlOrMeta+o')
    const dialog = page.getByRole('dialog', { name: 'Documents' })
    await dialog.getByRole('searchbox').fill('teapot')
    await expect.poll(() => dialog.locator('.rw').count()).toBe(1)
    await dialog.getByRole('button', { name: 'More about Teapot and lemon' }).click()
    await page.getByRole('menuitem', { name: 'Move the document to the trash' }).click()
    await expect.poll(trashed).toEqual(['Teapot and lemon'])
    await dialog.getByRole('searchbox').fill('')
    await keep('documents')
    expect(await axe.faults(page)).toEqual([])
    await dialog.getByText('Trash (1)').click()
    await dialog.getByRole('button', { name: 'Put Teapot and lemon back' }).click()
    await expect.poll(trashed).toEqual([])
    await dialog.getByText('Yours').click()
    await dialog.getByRole('button', { name: 'More about Teapot and lemon' }).click()
    await page.getByRole('menuitem', { name: 'Move the document to the trash' }).click()
    await dialog.getByText('Trash (1)').click()
    await dialog.getByRole('button', { name: 'Delete Teapot and lemon for good' }).click()
    expect(trashed()).toEqual(['Teapot and lemon'])
    await dialog.getByRole('button', { name: 'Delete for good', exact: true }).click()
    await expect.poll(trashed).toEqual([])
    expect(titles()).toHaveLength(2)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('leave a blank one behind when the last is gone', async () => {
    for (let left = titles().length; left > 0; left--) {
      const name = (await studio.page.locator('.docname').textContent()) ?? ''
      await choose('Move the document to the trash')
      // The next one is open before the notice comes.
      await studio.page.getByText(`“${name}” is in the trash.`).waitFor()
    }
    await title('Untitled').waitFor()
    expect(titles()).toEqual(['Untitled'])
  })
})

describe('the brush', { timeout: patienceMs }, () => {
  it('counts pixels of the picture or of the screen, chosen where its size is', async () => {
    const studio = await openBrowserStudio()
    try {
      const { page } = studio
      await emptyCanvas(studio)
      const slider = page.getByRole('slider', { name: 'Size' })
      const inPicture = Number.parseInt((await slider.getAttribute('aria-valuetext')) ?? '', 10)
      await expectSaved(studio)
      await page
        .locator('.opt')
        .getByRole('button', { name: /What the size counts/ })
        .focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitemcheckbox', { name: 'Pixels of the screen' }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      // On the screen it stays as large as it was.
      const shown = (await page.getByRole('button', { name: /^Zoom/ }).textContent()) ?? ''
      const zoom = Number(/(\d+) %/.exec(shown)?.[1]) / 100
      const onScreen = Number.parseInt((await slider.getAttribute('aria-valuetext')) ?? '', 10)
      expect(Math.abs(onScreen - inPicture * zoom)).toBeLessThanOrEqual(1)
      await page.keyboard.press('ControlOrMeta+Comma')
      expect(await page.getByRole('switch', { name: 'Brush size in pixels of the screen' }).isChecked()).toBe(true)
      expect(studio.faults).toEqual([])
    } finally {
      await studio.close()
      await studio.erase()
    }
  })
})
