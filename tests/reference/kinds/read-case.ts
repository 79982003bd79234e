import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { readTensor } from '../../../engine/checkpoint/read-tensor.ts'
import { weightDtype } from '../../../engine/checkpoint/safetensors-dtype.ts'
import { EngineError } from '../../../engine/contract/failures.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { WeightTable, WeightView } from '../../../engine/tensor/weight-view.ts'
import type { CaseRow } from '../case-kind.ts'
import { cosine } from '../cosine.ts'
import { relativeError } from '../relative-error.ts'

/** The recorded tensors of a case by name. */
export interface Expected {
  readonly names: readonly string[]
  readonly read: (name: string) => Promise<NdArray>
}

export const readExpected = async (folder: string): Promise<Expected> => {
  const checkpoint = await openCheckpoint(join(folder, 'expected.safetensors'))
  return { names: [...checkpoint.tensors.keys()], read: (name) => readTensor(checkpoint, name) }
}

/** A `config.json`, taken as what the case says it is. */
export const readConfig = async <Config>(folder: string, component: string): Promise<Config> =>
  // Recorded by diffusers itself; a wrong field fails the case.
  JSON.parse(await readFile(join(folder, component, 'config.json'), 'utf8')) as Config

/** Weight table of one recorded component file. */
export const readWeights = async (path: string): Promise<WeightTable> => {
  const { file, tensors } = await openCheckpoint(path)
  const views = [...tensors.values()].map(({ name, dtype, shape, byteOffset, byteLength }): [string, WeightView] => {
    const stored = weightDtype(dtype)
    if (stored === undefined) throw new EngineError('format-unsupported', { where: path, found: `dtype ${dtype}` })
    return [name, { key: name, file, byteOffset, byteLength, shape, dtype: stored }]
  })
  return new Map(views)
}

export const compare = (name: string, ours: NdArray | undefined, expected: NdArray): CaseRow => ({
  name,
  error: ours === undefined ? Infinity : relativeError(ours.data, expected.data),
})

/** As `compare`, and the angle between both. */
export const compareGradient = (name: string, ours: NdArray | undefined, expected: NdArray): CaseRow => ({
  ...compare(name, ours, expected),
  cosine: cosine(ours?.data ?? [], expected.data),
})
