import { describe, expect, it } from 'vitest'
import { samplesOf } from '../../../engine/tensor/arithmetic.ts'
import { noiseStream } from '../../../engine/tensor/noise-stream.ts'
import { sphericalLerp } from '../../../engine/tensor/spherical-lerp.ts'
import { TorchGenerator, torchRandn } from '../../../engine/tensor/torch-noise.ts'

const shape = [4, 8, 8]

describe('the noise of a batch', () => {
  it('is one stream per image: first the start, then one array per call', () => {
    const stream = noiseStream({ seeds: [7n], shape })
    const generator = new TorchGenerator(7n)
    const drawn = [0, 1, 2].map(() => generator.randn([1, ...shape]))
    expect([stream.start(), stream.ofCall(0), stream.ofCall(1)]).toEqual(drawn)
  })

  it('is the same for the same call, in any order', () => {
    const stream = noiseStream({ seeds: [7n, 8n], shape })
    const calls = [0, 1, 2, 3].map(stream.ofCall)
    const again = noiseStream({ seeds: [7n, 8n], shape })
    for (const call of [3, 0, 2, 2, 1]) expect(again.ofCall(call)).toEqual(calls[call])
    expect(again.start()).toEqual(stream.start())
  })

  it('does not depend on an image’s place in the batch', () => {
    const batch = noiseStream({ seeds: [7n, 2n ** 63n], shape })
    const alone = noiseStream({ seeds: [2n ** 63n], shape })
    expect(samplesOf(batch.start())[1]).toEqual(alone.start())
    expect(samplesOf(batch.ofCall(5))[1]).toEqual(alone.ofCall(5))
  })

  it('varies the start towards the variation seed and leaves later noise alone', () => {
    const plain = noiseStream({ seeds: [7n], shape })
    const varied = (strength: number) => noiseStream({ seeds: [7n], shape, variation: { seeds: [9n], strength } })
    expect(varied(0).start()).toEqual(plain.start())
    expect(varied(0.3).start()).toEqual(sphericalLerp(plain.start(), torchRandn([1, ...shape], 9), 0.3))
    expect(varied(0.3).ofCall(2)).toEqual(plain.ofCall(2))
  })
})
