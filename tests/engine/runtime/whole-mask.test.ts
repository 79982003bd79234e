import { afterAll, describe, expect, it } from 'vitest'
import type { PredictCall } from '../../../engine/machine/machine.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import { ndArray, sizeOf, type NdArray } from '../../../engine/tensor/nd-array.ts'
import { openRecorded } from '../checkpoint/recorded-files.ts'

const files = await openRecorded('sd15-inpaint')
const machine = openMachine(files, { threads: 1 })
afterAll(() => machine.close())

const side = 8
const { vaeFactor } = machine.traits

const waves = (shape: readonly number[]): NdArray =>
  ndArray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i)),
  )

const call = (sample: NdArray): PredictCall => ({
  sample,
  timestep: 500,
  conditioning: { context: waves([1, 77, files.unet.config.cross_attention_dim]) },
})

describe('an inpainting network that is given latents alone', () => {
  it('draws as with a mask of ones over an empty picture', async () => {
    const latents = waves([1, 4, side, side])
    const pixels = side * vaeFactor
    const empty = await machine.encodeImage(ndArray([1, 3, pixels, pixels], new Float32Array(3 * pixels ** 2)))
    const joined = [...latents.data, ...new Float32Array(side ** 2).fill(1), ...empty.data]
    const whole = await machine.predict(call(ndArray([1, 9, side, side], Float32Array.from(joined))))
    const alone = await machine.predict(call(latents))
    expect(alone).toEqual(whole)
    expect(alone.shape).toEqual([1, 4, side, side])
  })

  it('still reads another mask where the sample brings it', async () => {
    const masked = waves([1, 9, side, side])
    const alone = await machine.predict(call(ndArray([1, 4, side, side], masked.data.slice(0, 4 * side ** 2))))
    expect(await machine.predict(call(masked))).not.toEqual(alone)
  })
})
