import { afterAll, describe, expect, it } from 'vitest'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import type { AttendCall, Conditioning, RegionInput, RegionLossKind } from '../../../engine/machine/machine.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import { weightedSum } from '../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { openPipeline, openRecorded, type RecordedFile } from '../checkpoint/recorded-files.ts'

const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

const open = (files: ModelFiles) => {
  const machine = openMachine(files, { threads: 1 })
  closing.push(() => machine.close())
  return machine
}

/** The left or the right half of the picture. */
const half = (side: 0 | 1, token: number, strength = 1): RegionInput => ({
  coverage: (height, width) => {
    const data = new Float32Array(height * width)
    return { shape: [height, width], data: data.map((_, i) => Number(i % width >= width / 2) === side ? 1 : 0) } // prettier-ignore
  },
  tokens: [token],
  strength,
})
const regions = [half(0, 2), half(1, 5)]

/** Random latents and a random prompt for a network. */
const callFor = async (files: ModelFiles): Promise<Omit<AttendCall, 'wantsMaps'>> => {
  const { config } = files.unet
  const context = torchRandn([1, 8, config.cross_attention_dim], 2)
  const added = open(files).traits.hasAddedConditions
  const conditioning: Conditioning = {
    context,
    ...(added && {
      pooled: torchRandn([1, 32], 3),
      timeIds: { shape: [1, 6], data: Float32Array.of(128, 128, 0, 0, 128, 128) },
    }),
  }
  return { sample: torchRandn([1, config.in_channels, 16, 16], 1), timestep: 700, conditioning }
}

const models: readonly (readonly [string, () => Promise<ModelFiles>])[] = [
  ['a pipeline of SD 1.5', openPipeline],
  ...(['sd21', 'sdxl'] as const satisfies readonly RecordedFile[]).map(
    (name) => [`a file of ${name}`, () => openRecorded(name)] as const,
  ),
]

const cases = models.flatMap(([name, files]) => (['zest', 'csg'] as const).map((loss) => [loss, name, files] as const))

describe('attention laid open', () => {
  it.each(cases)('has a gradient that lowers the loss of %s on %s', async (loss, _, files) => {
    const opened = await files()
    const machine = open(opened)
    const call = await callFor(opened)
    const lossAt = async (sample: NdArray, kind: RegionLossKind) => {
      const { guide } = await machine.attend({ ...call, sample, guide: { regions, loss: kind }, wantsMaps: false })
      if (guide === undefined) throw new Error('a loss was asked for')
      return guide
    }
    const before = await lossAt(call.sample, loss)
    const size = before.gradient.data.reduce((sum, value) => sum + value ** 2, 0)
    expect(size).toBeGreaterThan(0)
    // Down the slope by a hundredth of the loss, if it were a plane; curvature may keep half of it.
    const step = (0.01 * before.loss) / size
    const after = await lossAt(weightedSum([1, call.sample], [-step, before.gradient]), loss)
    expect(after.loss).toBeLessThan(before.loss * 0.995)
  })

  it.each(['zest', 'csg'] as const)('refuses a loss of %s that is no number', async (loss) => {
    const opened = await openPipeline()
    const machine = open(opened)
    const call = await callFor(opened)
    const broken: RegionInput = {
      ...half(0, 2),
      coverage: (height, width) => ({ shape: [height, width], data: new Float32Array(height * width).fill(NaN) }),
    }
    await expect(machine.attend({ ...call, guide: { regions: [broken], loss }, wantsMaps: false })).rejects.toThrow(
      'region loss: NaN, expected a finite number',
    )
  })

  it('shares attention out without changing it where there is nothing to share', async () => {
    const opened = await openPipeline()
    const machine = open(opened)
    const call = await callFor(opened)
    const plain = await machine.predict(call)
    const shared = await machine.attend({ ...call, redistribute: { regions }, wantsMaps: false })
    expect(shared.prediction.data).not.toEqual(plain.data)
    // One word whose region is everywhere keeps what it had.
    const everywhere: RegionInput = { ...half(0, 2), coverage: (height, width) => ({ shape: [height, width], data: new Float32Array(height * width).fill(1) }) } // prettier-ignore
    const kept = await machine.attend({ ...call, redistribute: { regions: [everywhere] }, wantsMaps: false })
    for (const [i, value] of kept.prediction.data.entries()) expect(value).toBeCloseTo(plain.data[i] ?? NaN, 4)
  })
})
