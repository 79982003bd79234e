import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keepMeasurement, withMeasurements, type Measured } from '../../../engine/checkpoint/measurements.ts'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import type { Prediction } from '../../../engine/machine/denoiser.ts'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import { openSingleFile } from '../../../engine/checkpoint/single-file/open-single-file.ts'
import { realFileSystem, type FileSystem } from '../../../engine/files/file-system.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { singleFile, smallOverrides } from './recorded-files.ts'

const scratch = useScratchFolders()
const pipeline = join(import.meta.dirname, '../../reference/cases/pipeline')

const measured: Measured = {
  guidanceThreshold: 0.98765,
  previewMap: {
    weights: [
      [0.1, 0.2, 0.3, 0.4],
      [0.5, 0.6, 0.7, 0.8],
      [0.9, 1, 1.1, 1.2],
    ],
    bias: [0.5, 0.4, 1 / 3],
  },
  measuredPrediction: null,
  measurement: { prompts: 40, ssim: 0.97, savedShare: null },
}
const kept = {
  guidanceThreshold: 0.98765,
  previewMap: { ...measured.previewMap, bias: [0.5, 0.4, 0.333333] },
  measuredPrediction: null,
}

const openFolder = (path: string): Promise<ModelFiles> => openModelFolder(path, { needsTokenizer: false })
const copiedFolder = async (): Promise<string> => {
  const folder = scratch()
  await cp(pipeline, folder, { recursive: true })
  return folder
}

/** A disk that may be read only, but for `except`. */
const readOnlyBut = (except: string): FileSystem => ({
  ...realFileSystem,
  open: async (path, flags) => {
    if (flags !== 'r' && !path.startsWith(except)) throw Object.assign(new Error('read-only'), { code: 'EROFS' })
    return realFileSystem.open(path, flags)
  },
})

describe('measurements of a model', () => {
  it('go into its attune.json, where everything else stays', async () => {
    const folder = await copiedFolder()
    await writeFile(join(folder, 'attune.json'), '{"version": 1, "captionTemplate": "a {}", "note": "mine"}')
    const path = await keepMeasurement(await openFolder(folder), measured, undefined)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      version: 1,
      captionTemplate: 'a {}',
      note: 'mine',
      ...kept,
      measurement: measured.measurement,
    })
    expect((await openFolder(folder)).attune).toMatchObject({ captionTemplate: 'a {}', ...kept })
  })

  it('of a checkpoint in one file lie beside it', async () => {
    const path = join(scratch(), 'model.safetensors')
    await cp(singleFile('sd21'), path)
    const files = await openSingleFile(path, { overrides: smallOverrides.sd21 })
    expect(await keepMeasurement(files, measured, undefined)).toBe(path.replace('.safetensors', '.attune.json'))
    expect((await withMeasurements(files, undefined)).attune).toMatchObject(kept)
  })

  it('hold for what the network was taken to predict, not for the other choice', async () => {
    const path = join(scratch(), 'model.safetensors')
    await cp(singleFile('sd21'), path)
    const opened = (predictionType?: Prediction): Promise<ModelFiles> =>
      openSingleFile(path, { overrides: smallOverrides.sd21, predictionType })
    const { prediction } = await opened()
    const other: Prediction = prediction.own === 'epsilon' ? 'v_prediction' : 'epsilon'
    const thresholds = async (): Promise<unknown> =>
      Promise.all(
        ([undefined, prediction.own, other] as const).map(async (choice) => {
          const { attune } = await withMeasurements(await opened(choice), undefined)
          return attune.guidanceThreshold
        }),
      )
    await keepMeasurement(await opened(), measured, undefined)
    expect(await thresholds()).toEqual([kept.guidanceThreshold, kept.guidanceThreshold, null])
    await keepMeasurement(await opened(other), { ...measured, measuredPrediction: other }, undefined)
    expect(await thresholds()).toEqual([null, null, kept.guidanceThreshold])
  })

  it('go elsewhere when its folder is read-only, and hold only as long as its file stays as it is', async () => {
    const [folder, elsewhere] = [await copiedFolder(), scratch()]
    const files = await openFolder(folder)
    const path = await keepMeasurement(files, measured, elsewhere, { fileSystem: readOnlyBut(elsewhere) })
    expect(path.startsWith(elsewhere)).toBe(true)
    expect((await withMeasurements(files, elsewhere)).attune).toMatchObject(kept)
    expect((await withMeasurements(await openFolder(await copiedFolder()), elsewhere)).attune.previewMap).toBeNull()
  })

  it('are refused when nothing may be written', async () => {
    const files = await openFolder(await copiedFolder())
    const options = { fileSystem: readOnlyBut('/nowhere') }
    await expect(keepMeasurement(files, measured, undefined, options)).rejects.toMatchObject({ code: 'refused' })
  })
})
