import { mkdir, readdir, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Library } from '../../../engine/library/library.ts'
import type { FoundModel } from '../../../engine/library/model-store.ts'
import { makeTemporaryFolder, migrationsFolder, openLibrary } from './temporary-library.ts'

const found = (part: Partial<FoundModel> = {}): FoundModel => ({
  path: 'dream.safetensors',
  name: 'dream.safetensors',
  kind: 'checkpoint',
  family: 'sd2',
  sentence: 'This is an SD 2.x checkpoint.',
  isUsable: true,
  sizeBytes: 10,
  modifiedMs: 20,
  prediction: { own: 'epsilon', isAssumed: true },
  ...part,
})

describe('what a model’s network predicts', () => {
  const openModels = async () => {
    const library = await openLibrary(await makeTemporaryFolder(onTestFinished))
    onTestFinished(() => library.close())
    library.models.addFolder('/models', 'plain', 1)
    return library.models
  }

  it('is what its files say until the user chooses, who stays when the file is read anew', async () => {
    const models = await openModels()
    models.update(1, [found()], new Set(['dream.safetensors']))
    const [{ id } = { id: 0 }] = models.list()
    expect(models.get(id).prediction).toEqual({ own: 'epsilon', isAssumed: true, chosen: null })
    expect(models.choosePrediction(id, 'v_prediction').prediction?.chosen).toBe('v_prediction')
    const said = found({ sizeBytes: 11, prediction: { own: 'v_prediction', isAssumed: false } })
    models.update(1, [said], new Set(['dream.safetensors']))
    expect(models.get(id).prediction).toEqual({ own: 'v_prediction', isAssumed: false, chosen: 'v_prediction' })
    expect(models.choosePrediction(id, null).prediction?.chosen).toBeNull()
  })

  it('cannot be chosen for what is no model', async () => {
    const models = await openModels()
    models.update(1, [found({ kind: 'lora', prediction: null })], new Set(['dream.safetensors']))
    const [row] = models.list()
    expect(row?.prediction).toBeNull()
    expect(() => models.choosePrediction(row?.id ?? 0, 'epsilon')).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    )
    expect(() => models.choosePrediction(99, 'epsilon')).toThrowError(expect.objectContaining({ code: 'not-found' }))
  })

  it('is looked for in the models of a library of the version before', async () => {
    const root = await makeTemporaryFolder(onTestFinished)
    const older = join(root, 'older')
    await mkdir(older, { recursive: true })
    for (const name of (await readdir(migrationsFolder)).filter((file) => file < '0006'))
      await cp(join(migrationsFolder, name), join(older, name))
    const before = await Library.open({ root, migrationsFolder: older, nowMs: 1 })
    before.models.addFolder('/models', 'plain', 1)
    const insert = before.database.prepare(
      "INSERT INTO model (folder_id, path, name, kind, sentence, is_usable, size_bytes, modified_ms) VALUES (1, ?, ?, ?, '', ?, 10, 20)",
    )
    insert.run('dream', 'dream', 'checkpoint', 1)
    insert.run('ink', 'ink', 'lora', 1)
    insert.run('old', 'old', 'checkpoint', 0)
    before.close()
    const library = await Library.open({ root, migrationsFolder, nowMs: 1 })
    onTestFinished(() => library.close())
    expect(library.models.list().map(({ name, prediction }) => [name, prediction])).toEqual([
      ['dream', null],
      ['ink', null],
      ['old', null],
    ])
    // Only what can be drawn with is not known any more by size and time, so that the next look reads it.
    const times = [...library.models.known(1)].map(([path, { modifiedMs }]) => [path, modifiedMs])
    expect(times.toSorted()).toEqual([
      ['dream', 0],
      ['ink', 20],
      ['old', 20],
    ])
  })
})
