import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbedding } from '../../../engine/checkpoint/open-embedding.ts'
import { writeSafetensors } from '../../../engine/checkpoint/write-safetensors.ts'
import { ndArray, sizeOf, type NdArray } from '../../../engine/tensor/nd-array.ts'
import { failureOf } from './failure-of.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-embedding-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const counting = (shape: readonly number[]): NdArray =>
  ndArray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
  )

const put = async (shapes: Readonly<Record<string, readonly number[]>>): Promise<string> => {
  const path = join(folder, 'cat-toy.safetensors')
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, counting(shape)]))
  await writeSafetensors(path, { tensors, metadata: {} })
  return path
}

describe('openEmbedding', () => {
  it.each<
    [string, Record<string, readonly number[]>, readonly number[], string | null, readonly (readonly number[])[]]
  >([
    ['A1111', { emb_params: [3, 768] }, [768], null, [[3, 768]]],
    ['diffusers', { '<cat-toy>': [768] }, [768], '<cat-toy>', [[1, 768]]],
    [
      'SDXL, in the order of the encoders',
      { clip_g: [2, 1280], clip_l: [2, 768] },
      [768, 1280],
      null,
      [
        [2, 768],
        [2, 1280],
      ],
    ],
  ])('reads the form of %s', async (_, shapes, widths, token, expected) => {
    const embedding = await openEmbedding(await put(shapes), widths)
    expect(embedding).toMatchObject({ name: 'cat-toy', token })
    expect(embedding.vectors).toEqual(expected.map(counting))
  })

  it.each<[string, Record<string, readonly number[]>, readonly number[], string]>([
    ['of another width', { emb_params: [3, 1024] }, [768], 'weight-mismatch'],
    ['for one text encoder where there are two', { emb_params: [3, 768] }, [768, 1280], 'weight-mismatch'],
    [
      'of different lengths for both encoders',
      { clip_g: [2, 1280], clip_l: [3, 768] },
      [768, 1280],
      'format-unsupported',
    ],
    ['that is a layer', { 'proj.weight': [3, 768] }, [768], 'format-unsupported'],
    ['that is several tensors', { a: [768], b: [768] }, [768], 'format-unsupported'],
  ])('refuses a file %s', async (_, shapes, widths, code) => {
    const path = await put(shapes)
    expect((await failureOf(async () => openEmbedding(path, widths))).code).toBe(code)
  })
})
