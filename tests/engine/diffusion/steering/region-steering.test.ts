import { describe, expect, it } from 'vitest'
import {
  regionSteering,
  type RegionSteeringInput,
  type SteeredRegion,
} from '../../../../engine/diffusion/steering/region-steering.ts'
import type { NoiseLevel, Schedule } from '../../../../engine/machine/denoiser.ts'
import type { Attended } from '../../../../engine/machine/machine.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'

const schedule: Schedule = [8, 4, 2, 1, 0].map((sigma) => ({ sigma, timestep: 100 * sigma }))
const levelOf = (step: number): NoiseLevel => schedule[step] ?? { sigma: 0, timestep: 0 }
const array = (...data: number[]): NdArray => ({ shape: [1, 1, 1, data.length], data: Float32Array.from(data) })

const region = (more: Partial<SteeredRegion> = {}): SteeredRegion => ({
  coverage: () => array(1, 0),
  tokens: [1],
  strength: 1,
  from: 0,
  ...more,
})

/** Steering over a network that predicts no noise, whose gradient is [4, 2, 0]; it records what it is asked for. */
const steeringOver = (regions: readonly SteeredRegion[], more: Partial<RegionSteeringInput> = {}) => {
  const calls: string[] = []
  const steering = regionSteering({
    paints: true,
    guides: true,
    regionsAt: () => regions,
    plain: async (x) => {
      calls.push('plain')
      return x
    },
    attend: async ({ paint, guide, wantsMaps, sample }): Promise<Attended> => {
      const asked = [
        paint && `paint ${paint.weight.toFixed(4)} x${paint.regions.map(({ strength }) => strength).join(',')}`,
        guide && 'guide',
        wantsMaps && 'maps',
      ]
      calls.push(asked.filter(Boolean).join(' + '))
      const prediction = { ...sample, data: new Float32Array(sample.data.length) }
      return { prediction, maps: [], ...(guide && { guide: { loss: 1, gradient: array(4, 2, 0) } }) }
    },
    prediction: 'epsilon',
    schedule,
    ...more,
  })
  return { steering, calls }
}

describe('region steering', () => {
  it('moves against the gradient by eta · sqrt(1 - abar) of its largest element, in variance-exploding units', async () => {
    const { steering } = steeringOver([region()])
    await steering.denoise(array(1, 1, 1), levelOf(1))
    const moved = steering.afterStep(array(1, 1, 1), levelOf(2))
    const step = (4 / Math.hypot(1, 4)) * Math.hypot(1, 2)
    expect(moved.data[0]).toBeCloseTo(1 - step, 6)
    expect(moved.data[2]).toBeCloseTo(1 + step, 6)
  })

  it('leaves the mean of every channel as it is', async () => {
    const { steering } = steeringOver([region()])
    await steering.denoise(array(1, 1, 1), levelOf(1))
    // The gradient is [4, 2, 0]; less its mean, [2, 0, -2].
    expect(steering.afterStep(array(3, 1, 2), levelOf(2)).data[1]).toBe(1)
  })

  it('moves once a step, by the first look of a sampler that looks twice', async () => {
    const { steering } = steeringOver([region()])
    await steering.denoise(array(1, 1), levelOf(0))
    await steering.denoise(array(1, 1), levelOf(1))
    const step = (8 / Math.hypot(1, 8)) * Math.hypot(1, 4)
    expect(steering.afterStep(array(0, 0, 0), levelOf(1)).data[2]).toBeCloseTo(step, 5)
    expect(steering.afterStep(array(0, 0, 0), levelOf(1)).data[2]).toBe(0)
  })

  it('guides in the first half, paints to the end with w · ln(1 + sigma), and looks at maps in the last third', async () => {
    const { steering, calls } = steeringOver([region()], { onMaps: () => undefined })
    for (const step of [0, 1, 2, 3]) await steering.denoise(array(1, 1), levelOf(step))
    const weight = (sigma: number): string => (0.1 * Math.log(1 + sigma)).toFixed(4)
    expect(calls).toEqual([
      `paint ${weight(8)} x1 + guide`,
      `paint ${weight(4)} x1 + guide`,
      `paint ${weight(2)} x1`,
      `paint ${weight(1)} x1 + maps`,
    ])
  })

  it('keeps to the steps of each region', async () => {
    const { steering, calls } = steeringOver([region({ from: 0.25, to: 0.75, strength: 3 })])
    for (const step of [0, 1, 2, 3]) await steering.denoise(array(1, 1), levelOf(step))
    expect(calls.map((call) => call.replace(/[\d.]+ x/, 'x'))).toEqual([
      'plain',
      'paint x2 + guide',
      'paint x2 + guide',
      'plain',
    ])
  })

  it('asks the plain network when no region counts', async () => {
    const { steering, calls } = steeringOver([region({ strength: 0 })])
    await steering.denoise(array(1, 1), levelOf(0))
    expect(calls).toEqual(['plain'])
    expect(steering.afterStep(array(5, 6), levelOf(1)).data).toEqual(Float32Array.of(5, 6))
  })
})
