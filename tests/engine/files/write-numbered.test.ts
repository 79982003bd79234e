import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { removeTemporaries } from '../../../engine/files/remove-temporaries.ts'
import { writeNumbered } from '../../../engine/files/write-numbered.ts'
import { useScratchFolders } from './scratch-folder.ts'

const scratch = useScratchFolders()
const content = Uint8Array.of(1)

it('counts on from the highest number there', async () => {
  const folder = scratch()
  for (const name of ['attune-00007.png', 'attune-00009.jpg', 'attune-x.png', 'other-00012.png', 'attune-12.png']) {
    writeFileSync(join(folder, name), '')
  }
  const name = { folder, stem: 'attune', extension: '.png' }
  expect(basename(await writeNumbered(name, content))).toBe('attune-00008.png')
  expect(basename(await writeNumbered(name, content))).toBe('attune-00009.png')
})

it('gives everyone who writes at the same time a name of their own', async () => {
  const folder = scratch()
  const name = { folder, stem: 'a', extension: '.bin' }
  const paths = await Promise.all(Array.from({ length: 12 }, () => writeNumbered(name, content)))
  expect(new Set(paths).size).toBe(12)
  expect(readdirSync(folder)).toHaveLength(12)
})

it('goes beyond five digits', async () => {
  const folder = scratch()
  writeFileSync(join(folder, 'a-99999.bin'), '')
  expect(basename(await writeNumbered({ folder, stem: 'a', extension: '.bin' }, content))).toBe('a-100000.bin')
})

it('says so when the folder is missing', async () => {
  const folder = join(scratch(), 'none')
  await expect(writeNumbered({ folder, stem: 'a', extension: '.bin' }, content)).rejects.toMatchObject({
    code: 'not-found',
  })
})

it('removes only temporary files of ours that are old enough', async () => {
  const folder = scratch()
  const files = ['.attune-0123456789abcdef.tmp', '.attune-fedcba9876543210.tmp', 'mine.tmp', 'a.png']
  for (const name of files) writeFileSync(join(folder, name), '')
  const start = new Date('2026-01-02')
  for (const name of files) utimesSync(join(folder, name), start, new Date('2026-01-01'))
  utimesSync(join(folder, '.attune-fedcba9876543210.tmp'), start, new Date('2026-01-03'))
  expect(await removeTemporaries(folder, start)).toEqual(['.attune-0123456789abcdef.tmp'])
  expect(readdirSync(folder).sort()).toEqual(['.attune-fedcba9876543210.tmp', 'a.png', 'mine.tmp'])
})
