import { describe, expect, it } from 'vitest'
import { csgSteering } from '../../../../engine/diffusion/steering/csg-steering.ts'
import type { SteeredRegion } from '../../../../engine/diffusion/steering/region-steering.ts'
import type { NoiseLevel, Schedule } from '../../../../engine/machine/denoiser.ts'
import type { Attended } from '../../../../engine/machine/machine.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'

const schedule: Schedule = [8, 4, 2, 1, 0].map((sigma) => ({ sigma, timestep: 100 * sigma }))
const levelOf = (step: number): NoiseLevel => schedule[step] ?? { sigma: 0, timestep: 0 }
const array = (...data: number[]): NdArray => ({ shape: [1, 1, 1, data.length], data: Float32Array.from(data) })

/** Steering over a network whose gradient is its own input. */
const steeringOver = (region: Partial<SteeredRegion>) => {
  const calls: string[] = []
  const steering = csgSteering({
    regionsAt: () => [{ coverage: () => array(1, 0), tokens: [1], strength: 1, from: 0, ...region }],
    plain: async (x) => {
      calls.push('plain')
      return x
    },
    attend: async ({ guide, redistribute, wantsMaps, sample }): Promise<Attended> => {
      calls.push([guide && `guide ${guide.loss}`, redistribute && 'redistribute', wantsMaps && 'maps'].filter(Boolean).join(' + ')) // prettier-ignore
      const prediction = { ...sample, data: new Float32Array(sample.data.length) }
      return { prediction, maps: [], ...(guide && { guide: { loss: 1, gradient: sample } }) }
    },
    prediction: 'epsilon',
    schedule,
    onMaps: () => undefined,
  })
  return { steering, calls }
}

describe('steering of composite scenes', () => {
  it('refines the latents five times before a step, by the raw gradient in variance-exploding units', async () => {
    const { steering, calls } = steeringOver({})
    const refined = await steering.beforeStep?.(array(1, -2), levelOf(1))
    expect(calls).toEqual(Array<string>(5).fill('guide csg'))
    // The gradient is x/√(1 + sigma²): each time x loses the share 0.5 √(1 − 0.5/4).
    const left = (1 - 0.5 * Math.sqrt(1 - 0.5 / 4)) ** 5
    expect(refined?.data[0]).toBeCloseTo(left, 6)
    expect(refined?.data[1]).toBeCloseTo(-2 * left, 6)
  })

  it('redistributes attention in the first half of the steps and looks at maps in the last third', async () => {
    const { steering, calls } = steeringOver({})
    for (const step of [0, 1, 2, 3]) await steering.denoise(array(1, 1), levelOf(step))
    expect(calls).toEqual(['redistribute', 'redistribute', 'plain', 'maps'])
    expect(steering.afterStep(array(5, 6), levelOf(1))).toEqual(array(5, 6))
  })

  it('keeps to the steps of each region', async () => {
    const { steering, calls } = steeringOver({ from: 0.5, to: 0.75 })
    for (const step of [0, 1, 2, 3]) await steering.beforeStep?.(array(1, 1), levelOf(step))
    expect(calls).toHaveLength(5)
  })

  it('leaves a picture alone whose regions do not count', async () => {
    const { steering, calls } = steeringOver({ strength: 0 })
    const x = array(1, 1)
    expect(await steering.beforeStep?.(x, levelOf(0))).toBe(x)
    await steering.denoise(x, levelOf(0))
    expect(calls).toEqual(['plain'])
  })
})
