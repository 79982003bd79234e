import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../../../engine/checkpoint/checkpoint.ts'
import { sd1 } from '../../../../engine/checkpoint/families/sd1.ts'
import { sd2 } from '../../../../engine/checkpoint/families/sd2.ts'
import { sdxl } from '../../../../engine/checkpoint/families/sdxl.ts'
import { findPrediction } from '../../../../engine/checkpoint/single-file/prediction-type.ts'
import { writeSafetensors } from '../../../../engine/checkpoint/write-safetensors.ts'
import { ndArray, sizeOf } from '../../../../engine/tensor/nd-array.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-prediction-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const bias = 'model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias'
const input = 'model.diffusion_model.input_blocks.0.0.weight'

/** A file with some tensors, each counting up from minus to plus `spread`. */
const put = async (
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Readonly<Record<string, string>>,
  spread = 1,
) => {
  const path = join(folder, 'model.safetensors')
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i % 2 === 0 ? spread : -spread))
    return [name, ndArray(shape, data)] as const
  })
  await writeSafetensors(path, { tensors: new Map(tensors), metadata })
  return openCheckpoint(path)
}

describe('findPrediction', () => {
  it.each([
    ['the header', sd1, {}, { 'modelspec.prediction_type': 'v' }, 'v_prediction', false],
    ['the header of a trainer', sdxl, { v_pred: [0] }, { 'modelspec.prediction_type': 'epsilon' }, 'epsilon', false],
    ['the key v_pred', sdxl, { v_pred: [0] }, {}, 'v_prediction', false],
    ['the key ztsnr', sdxl, { ztsnr: [0] }, {}, 'v_prediction', true],
    ['the family', sdxl, {}, {}, 'epsilon', true],
    ['the family even for a wide bias', sd1, { [bias]: [8], [input]: [8, 4, 3, 3] }, {}, 'epsilon', true],
    ['a wide bias of SD 2.x', sd2, { [bias]: [8], [input]: [8, 4, 3, 3] }, {}, 'v_prediction', true],
    ['no rule for inpainting of SD 2.x', sd2, { [bias]: [8], [input]: [8, 9, 3, 3] }, {}, 'epsilon', true],
  ] as const)('follows %s', async (_, family, shapes, metadata, prediction, isAssumed) => {
    const found = await findPrediction(await put(shapes, metadata), family)
    expect(found).toMatchObject({ prediction, isAssumed, hasZeroSnr: 'ztsnr' in shapes })
  })

  it('takes a narrow bias of SD 2.x for epsilon', async () => {
    const checkpoint = await put({ [bias]: [8], [input]: [8, 4, 3, 3] }, {}, 0.05)
    expect(await findPrediction(checkpoint, sd2)).toMatchObject({
      prediction: 'epsilon',
      because: 'the spread of one of its biases is 0.050, not above 0.09',
    })
  })
})
