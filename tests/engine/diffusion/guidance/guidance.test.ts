import { describe, expect, it } from 'vitest'
import { stopping } from '../../../../engine/diffusion/guidance/adaptive.ts'
import type { GuidanceInput } from '../../../../engine/diffusion/guidance/guidance.ts'
import { guidances, type GuidanceId } from '../../../../engine/diffusion/guidance/guidances.ts'
import { outputFromClean } from '../../../../engine/diffusion/prediction.ts'
import type { Denoiser, NoiseLevel, Schedule } from '../../../../engine/machine/denoiser.ts'
import { samplesOf, stackSamples, standardDeviation, weightedSum } from '../../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'
import { torchRandn } from '../../../../engine/tensor/torch-noise.ts'
import { relativeError } from '../../../reference/relative-error.ts'

const schedule: Schedule = Array.from({ length: 11 }, (_, i) => ({ sigma: 10 - i, timestep: 1000 - 100 * i }))
const x = torchRandn([2, 4, 8, 8], 1)
const prompt = torchRandn([2, 4, 8, 8], 2)
const nothing = torchRandn([2, 4, 8, 8], 3)

const guidanceOf = (id: GuidanceId, input: Partial<GuidanceInput> = {}) => {
  const entry = guidances.find((known) => known.id === id)
  if (entry === undefined) throw new Error(`no guidance ${id}`)
  return entry.guide({
    conditional: async () => prompt,
    negative: async () => nothing,
    scale: 4,
    rescale: 0,
    prediction: 'epsilon',
    schedule,
    ...input,
  })
}

const refuse: Denoiser = () => Promise.reject(new Error('this denoiser is not needed'))

/** Denoises at every level that a sampler would ask for; gives the results and how often `negative` was called. */
const walk = async (id: GuidanceId, input: Partial<GuidanceInput> = {}) => {
  let negatives = 0
  const negative: Denoiser = async (noisy, level) => {
    negatives += 1
    return input.negative === undefined ? nothing : input.negative(noisy, level)
  }
  const { denoise, state } = guidanceOf(id, { ...input, negative })
  const results: NdArray[] = []
  for (const level of schedule.slice(0, -1)) results.push(await denoise(x, level))
  return { results, negatives, state: state() }
}

describe('classifier-free guidance', () => {
  const level = { sigma: 2, timestep: 500 }

  it('goes from the negative prompt through the prompt and on', async () => {
    const found = await guidanceOf('cfg').denoise(x, level)
    expect(relativeError(found.data, weightedSum([1, nothing], [4, prompt], [-4, nothing]).data)).toBeLessThan(1e-6)
  })

  it.each(['cfg', 'adaptive', 'none'] as const)('%s with scale 1 never asks for the negative prompt', async (id) => {
    const { denoise } = guidanceOf(id, { scale: 1, negative: refuse, threshold: 0.9 })
    expect(await denoise(x, level)).toBe(prompt)
  })

  it('none follows the prompt alone whatever the scale is', async () => {
    expect(await guidanceOf('none', { scale: 7, negative: refuse }).denoise(x, level)).toBe(prompt)
  })

  it('asks both denoisers in the same turn', async () => {
    const asked: string[] = []
    const note =
      (name: string): Denoiser =>
      async () => {
        asked.push(name)
        return prompt
      }
    const pending = guidanceOf('cfg', { conditional: note('prompt'), negative: note('negative') }).denoise(x, level)
    expect(asked).toEqual(['prompt', 'negative'])
    await pending
  })

  it.each(['epsilon', 'v_prediction'] as const)(
    'rescale brings the spread of each %s output back to that with the prompt',
    async (prediction) => {
      const output = (clean: NdArray) => samplesOf(outputFromClean(clean, x, level, prediction)).map(standardDeviation)
      const [wanted, full, half, none] = [
        output(prompt),
        output(await guidanceOf('cfg', { rescale: 1, prediction }).denoise(x, level)),
        output(await guidanceOf('cfg', { rescale: 0.5, prediction }).denoise(x, level)),
        output(await guidanceOf('cfg', { prediction }).denoise(x, level)),
      ]
      for (const sample of [0, 1]) {
        const [at, far] = [wanted[sample] ?? 0, none[sample] ?? 0]
        expect((full[sample] ?? 0) / at).toBeCloseTo(1, 5)
        // Spread is linear in the factor that rescaling multiplies with
        expect(half[sample]).toBeCloseTo((at + far) / 2, 5)
        expect(far).toBeGreaterThan(at * 2)
      }
    },
  )
})

/** A negative prompt that says what the prompt says, as far as `agreement` goes at that level. */
const drifting =
  (agreement: (level: NoiseLevel) => number): Denoiser =>
  async (_, level) =>
    weightedSum([agreement(level), prompt], [1 - agreement(level), nothing])

describe('adaptive guidance', () => {
  it('with a threshold above 1 is classifier-free guidance, to the bit', async () => {
    const adaptive = await walk('adaptive', { threshold: 1.01, rescale: 0.3 })
    expect(adaptive.results).toEqual((await walk('cfg', { rescale: 0.3 })).results)
    expect(adaptive.negatives).toBe(10)
  })

  it('without a measured threshold is classifier-free guidance', async () => {
    expect((await walk('adaptive')).results).toEqual((await walk('cfg')).results)
  })

  it('with threshold -1 and no guided share follows the prompt alone in all steps but the first', async () => {
    let negatives = 0
    const { denoise } = stopping({
      conditional: async () => prompt,
      negative: async () => {
        negatives += 1
        return nothing
      },
      strength: { scale: 4, rescale: 0, prediction: 'epsilon' },
      threshold: -1,
      earliest: Infinity,
      resume: [],
    })
    const results: NdArray[] = []
    for (const level of schedule.slice(0, -1)) results.push(await denoise(x, level))
    expect(results[0]).toEqual(await guidanceOf('cfg').denoise(x, { sigma: 10, timestep: 1000 }))
    expect(results.slice(1).every((result) => result === prompt)).toBe(true)
    expect(negatives).toBe(1)
  })

  it.each([
    ['30 % of 10 steps', undefined, 3],
    ['the share in which regions steer', 0.6, 6],
    ['30 % where regions steer for less', 0.1, 3],
    ['a share that rounds up', 0.41, 5],
    ['all steps where regions steer in all', 1, 10],
  ])('is guided for %s at least', async (_, guidedShare, guided) => {
    const { negatives } = await walk('adaptive', {
      threshold: -1,
      ...(guidedShare === undefined ? {} : { guidedShare }),
    })
    expect(negatives).toBe(guided)
  })

  it('stops when both predictions of the noise agree', async () => {
    // They are the same from sigma 5 on, which is the sixth step
    const negative = drifting(({ sigma }) => (sigma <= 5 ? 1 : 0))
    const { results, negatives, state } = await walk('adaptive', { threshold: 0.999, negative })
    expect(negatives).toBe(6)
    expect(results.slice(6).every((result) => result === prompt)).toBe(true)
    expect(state).toEqual([5, 5])
  })

  it('lets each image of a batch stop by itself', async () => {
    // The first image agrees from sigma 6 on, the second from sigma 3 on
    const negative: Denoiser = async (noisy, level) => {
      const [first, second] = [6, 3].map((stop, image) => {
        const samples = [samplesOf(prompt)[image], samplesOf(nothing)[image]]
        return samples[level.sigma <= stop ? 0 : 1] ?? noisy
      })
      return stackSamples([first ?? noisy, second ?? noisy])
    }
    const { results, negatives, state } = await walk('adaptive', { threshold: 0.999, negative })
    expect(negatives).toBe(8)
    expect(state).toEqual([6, 3])
    // At sigma 5 (the sixth step) the first follows the prompt, the second is still guided
    const cfg = (await walk('cfg', { negative })).results[5]
    const [firstImage, secondImage] = samplesOf(results[5] ?? x)
    expect(firstImage).toEqual(samplesOf(prompt)[0])
    expect(secondImage).toEqual(samplesOf(cfg ?? x)[1])
  })

  it('goes on guided in the second evaluation at the level where it stopped', async () => {
    const { denoise } = guidanceOf('adaptive', { threshold: -1 })
    const level = schedule[4] ?? { sigma: 0, timestep: 0 }
    const [once, twice] = [await denoise(x, level), await denoise(x, level)]
    expect(twice).toEqual(once)
    expect(await denoise(x, schedule[5] ?? level)).toBe(prompt)
  })

  it('keeps on guiding where a prediction has no direction', async () => {
    const { state } = await walk('adaptive', { threshold: -1, conditional: async () => x })
    expect(state).toEqual([0, 0])
  })

  it('does not depend on the strength of either prediction', async () => {
    const negative: Denoiser = async () => weightedSum([0.5, x], [0.5, prompt])
    const { negatives } = await walk('adaptive', { threshold: 0.999999, negative })
    expect(negatives).toBe(3)
  })
})
