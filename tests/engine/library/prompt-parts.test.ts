import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backupLibrary, restoreLibrary } from '../../../engine/library/backup-library.ts'
import { pastPrompts } from '../../../engine/library/past-prompts.ts'
import { WildcardFiles } from '../../../engine/library/wildcard-files.ts'
import { makeTemporaryFolder, openLibrary, someImage, someRecipe } from './temporary-library.ts'

const openOne = async () => {
  const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
  onTestFinished(() => {
    library.close()
  })
  return library
}

describe('styles', () => {
  it('are kept, changed and removed, by name whatever its case', async () => {
    const { styles } = await openOne()
    const pastel = styles.save({ name: ' pastel ', prompt: 'soft light', negative: 'black' })
    const ink = styles.save({ name: 'Ink', prompt: '{prompt}, ink drawing', negative: '' })
    expect(styles.list().map(({ name }) => name)).toEqual(['Ink', 'pastel'])
    expect(styles.save({ ...pastel, prompt: 'softer light' })).toEqual({ ...pastel, prompt: 'softer light' })
    styles.remove(ink.id)
    styles.remove(ink.id)
    expect(styles.list()).toEqual([{ ...pastel, prompt: 'softer light' }])
  })

  it('refuse a name that another one has, and an id that is gone', async () => {
    const { styles } = await openOne()
    const pastel = styles.save({ name: 'pastel', prompt: 'a', negative: '' })
    expect(() => styles.save({ name: 'PASTEL', prompt: 'b', negative: '' })).toThrowError(
      expect.objectContaining({ code: 'conflict' }),
    )
    expect(() => styles.save({ ...pastel, id: pastel.id + 1, name: 'other' })).toThrowError(
      expect.objectContaining({ code: 'not-found' }),
    )
    expect(styles.list()).toEqual([pastel])
  })
})

describe('lists for prompts', () => {
  const open = async () => {
    const folder = join(await makeTemporaryFolder(onTestFinished), 'wildcards')
    await mkdir(folder)
    return { folder, files: new WildcardFiles(folder) }
  }

  it('are text files below the folder: an entry a line, without remarks', async () => {
    const { folder, files } = await open()
    await files.save('animals/wild', '# where: forest\r\nfox\n\n  wolf \n')
    await writeFile(join(folder, 'colours.txt'), 'red\nblue\ngreen\nteal')
    expect(await files.list()).toEqual([
      { name: 'animals/wild', lines: 2, sample: ['fox', 'wolf'] },
      { name: 'colours', lines: 4, sample: ['red', 'blue', 'green'] },
    ])
    expect([...(await files.entries())]).toEqual([
      ['animals/wild', ['fox', 'wolf']],
      ['colours', ['red', 'blue', 'green', 'teal']],
    ])
    expect(await files.get('animals/wild')).toBe('# where: forest\nfox\n\n  wolf \n')
  })

  it('are replaced whole and removed', async () => {
    const { files } = await open()
    await files.save('animals', 'cat')
    await files.save('animals', 'dog')
    expect(await files.get('animals')).toBe('dog')
    await files.remove('animals')
    await expect(files.get('animals')).rejects.toMatchObject({ code: 'not-found' })
    expect(await files.list()).toEqual([])
  })

  it.each(['../outside', '/etc/passwd', 'a/../b', 'a__b', '.hidden', 'a\\b', 'c:x', 'a//b', ''])(
    'never lie at "%s"',
    async (name) => {
      const { files } = await open()
      await expect(files.save(name, 'x')).rejects.toThrow()
      await expect(files.remove(name)).rejects.toThrow()
    },
  )

  it('leave files alone that no prompt can name, and a link that leads in a circle', async () => {
    const { folder, files } = await open()
    await writeFile(join(folder, 'a__b.txt'), 'x')
    await writeFile(join(folder, 'picture.png'), 'x')
    await symlink(folder, join(folder, 'again'))
    await files.save('fine', 'x')
    expect((await files.list()).map(({ name }) => name)).toEqual(['fine'])
  })
})

describe('a backup', () => {
  it('has styles and lists, and gives them back', async () => {
    const library = await openOne()
    library.styles.save({ name: 'pastel', prompt: 'soft', negative: '' })
    await library.wildcards.save('animals/wild', 'fox')
    const folder = await makeTemporaryFolder(onTestFinished)
    await backupLibrary(library, join(folder, 'backup'))
    await restoreLibrary(join(folder, 'backup'), join(folder, 'again'))
    const again = await openLibrary(join(folder, 'again'))
    expect(again.styles.list()).toEqual(library.styles.list())
    expect([...(await again.wildcards.entries())]).toEqual([['animals/wild', ['fox']]])
    again.close()
  })
})

describe('earlier prompts', () => {
  it('come once each with their newest picture, newest first, and can be searched', async () => {
    const { images, database } = await openOne()
    const add = (name: string, prompt: string, createdMs: number) =>
      images.add(someImage(name, { createdMs, recipe: someRecipe({ prompt, negative: 'dark' }) })).image.id
    add('1', 'a Red kettle', 1000)
    const pear = add('2', 'a pear', 2000)
    const kettle = add('3', 'a Red kettle', 3000)
    images.add(someImage('4', { createdMs: 4000, recipe: null }))
    const all = pastPrompts(database, { text: '', limit: 10 })
    expect(all).toEqual([
      { prompt: 'a Red kettle', negative: 'dark', imageId: kettle, atMs: 3000 },
      { prompt: 'a pear', negative: 'dark', imageId: pear, atMs: 2000 },
    ])
    expect(pastPrompts(database, { text: ' red ', limit: 10 })).toEqual(all.slice(0, 1))
    expect(pastPrompts(database, { text: '', limit: 1 })).toEqual(all.slice(0, 1))
    images.trash([kettle, pear], 1)
    expect(pastPrompts(database, { text: 'pear', limit: 10 })).toEqual([])
  })
})
