import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { MeasuredAlignment } from '../../../engine/contract/picture-alignment-record.ts'
import { Library } from '../../../engine/library/library.ts'
import { makeTemporaryFolder, migrationsFolder, openLibrary, someImage } from './temporary-library.ts'

const marks = [
  { word: 'kettle', share: 0.75, width: 2, height: 1, heat: Uint8Array.of(0, 255) },
  { word: 'red', share: 0.25, width: 2, height: 1, heat: Uint8Array.of(255, 0) },
]

const measured: MeasuredAlignment = {
  report: {
    form: 'in-prompt',
    words: [
      {
        word: 'kettle',
        isAppended: false,
        score: { value: 0.2, standardError: 0.01, verdict: 'present' },
        exponent: 1,
        maskShare: 0.5,
      },
    ],
    steps: 12,
    mapSteps: 5,
    threshold: 0.4,
  },
  model: 'starter',
  durationMs: 900,
  atMs: 1_700_000_000_000,
}

const openWithImage = async () => {
  const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
  onTestFinished(() => {
    library.close()
  })
  return { library, id: library.images.add(someImage('one')).image.id }
}

describe('what pictures show of their words', () => {
  it('is nothing until something is known', async () => {
    const { library, id } = await openWithImage()
    expect(library.alignment.get(id)).toEqual({ first: [], measured: null })
    expect(() => library.alignment.heat(id, 'kettle')).toThrowError(expect.objectContaining({ code: 'not-found' }))
  })

  it('is kept with its maps; a measured map comes before that of the attention', async () => {
    const { library, id } = await openWithImage()
    library.alignment.putFirst(id, marks)
    library.alignment.putMeasured(id, measured, [{ word: 'kettle', width: 1, height: 2, heat: Uint8Array.of(9, 8) }])
    expect(library.alignment.get(id)).toEqual({
      first: [
        { word: 'kettle', share: 0.75 },
        { word: 'red', share: 0.25 },
      ],
      measured,
    })
    const kettle = library.alignment.heat(id, 'kettle')
    expect({ ...kettle, heat: [...kettle.heat] }).toEqual({
      source: 'measured',
      word: 'kettle',
      width: 1,
      height: 2,
      heat: [9, 8],
    })
    expect(library.alignment.heat(id, 'red')).toMatchObject({ source: 'first', width: 2, height: 1 })
  })

  it('is replaced when it is measured again, maps of words that were left out too', async () => {
    const { library, id } = await openWithImage()
    library.alignment.putMeasured(id, measured, marks)
    library.alignment.putMeasured(id, { ...measured, durationMs: 1 }, marks.slice(0, 1))
    expect(library.alignment.get(id).measured?.durationMs).toBe(1)
    expect(() => library.alignment.heat(id, 'red')).toThrowError(expect.objectContaining({ code: 'not-found' }))
  })

  it('goes with the picture', async () => {
    const { library, id } = await openWithImage()
    library.alignment.putFirst(id, marks)
    library.images.trash([id], 1)
    library.images.erase([id])
    expect(library.database.prepare('SELECT count(*) AS count FROM image_heat').get()).toEqual({ count: 0 })
    expect(library.database.prepare('SELECT count(*) AS count FROM image_alignment').get()).toEqual({ count: 0 })
  })

  it('comes to libraries of before with their pictures untouched', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const older = join(root, 'older')
    await cp(migrationsFolder, older, { recursive: true })
    for (const file of (await readdir(older)).filter((name) => name >= '0003')) await rm(join(older, file))
    const before = await Library.open({ root, migrationsFolder: older, nowMs: 1 })
    const id = 1024
    before.database
      .prepare(
        "INSERT INTO image (id, hash, created_ms, width, height, format, size_bytes) VALUES (?, ?, 1, 8, 8, 'png', 1)",
      )
      .run(id, 'a'.repeat(64))
    before.close()
    const library = await openLibrary(root)
    library.alignment.putFirst(id, marks)
    expect(library.alignment.get(id).first).toHaveLength(2)
    library.close()
  })
})
