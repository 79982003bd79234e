import { describe, expect, it } from 'vitest'
import { chooseSchedule } from '../../../engine/diffusion/choose-schedule.ts'
import { findSampler } from '../../../engine/diffusion/find-sampler.ts'
import { samplers, type SamplerEntry, type SamplerId } from '../../../engine/diffusion/samplers/samplers.ts'
import { buildSchedule } from '../../../engine/diffusion/schedule.ts'
import type { ScheduleKind } from '../../../engine/diffusion/schedule-kind.ts'
import { stableDiffusionNoise } from './stable-diffusion-noise.ts'

const config = stableDiffusionNoise()
const timestepsOf = (id: SamplerId, kind: ScheduleKind, steps: number): readonly number[] =>
  buildSchedule({ sampler: findSampler(id), config, kind, steps }).map(({ timestep }) => timestep)

const everyChoice = samplers.flatMap((sampler: SamplerEntry) =>
  sampler.schedules.flatMap((kind) => [1, 2, 7, 20, 50].map((steps) => ({ sampler, kind, steps, name: sampler.id }))),
)

describe('schedule', () => {
  it.each(everyChoice)('of $name, $kind, $steps steps falls to its end', ({ sampler, kind, steps }) => {
    const schedule = buildSchedule({ sampler, config, kind, steps })
    expect(schedule).toHaveLength(steps + 1)
    for (const [i, { sigma, timestep }] of schedule.slice(0, -1).entries()) {
      expect(sigma).toBeGreaterThanOrEqual(schedule[i + 1]?.sigma ?? Infinity)
      expect(timestep).toBeGreaterThanOrEqual(0)
      expect(timestep).toBeLessThanOrEqual(999)
    }
    // DDIM of a model without set_alpha_to_one keeps the noise of training step 0
    expect(schedule.at(-1)?.sigma).toBeCloseTo(sampler.id === 'ddim' ? 0.0291675 : 0, 6)
  })

  /** As set_timesteps of diffusers 0.42 gives them, with the final 0 that only stands for the end. */
  it.each([
    ['ddim', 'leading', 5, [801, 601, 401, 201, 1, 0]],
    ['ddim', 'leading', 7, [853, 711, 569, 427, 285, 143, 1, 0]],
    ['ddim', 'trailing', 4, [999, 749, 499, 249, 0]],
    ['ddim', 'trailing', 7, [999, 856, 713, 570, 428, 285, 142, 0]],
    ['ddpm', 'linspace', 5, [999, 749, 500, 250, 0, 0]],
    ['euler', 'linspace', 5, [999, 749.25, 499.5, 249.75, 0, 0]],
    ['euler', 'linspace', 1, [999, 0]],
    ['euler', 'leading', 4, [751, 501, 251, 1, 0]],
    ['dpmpp-2m', 'linspace', 6, [999, 832, 666, 500, 333, 166, 0]],
    ['dpmpp-2m', 'leading', 4, [801, 601, 401, 201, 0]],
    ['dpmpp-2m', 'trailing', 4, [999, 749, 499, 249, 0]],
    ['lcm', 'leading', 4, [999, 759, 499, 259, 0]],
    ['lcm', 'leading', 3, [999, 679, 339, 0]],
  ] as const)('of %s, %s, %i steps visits the steps that diffusers visits', (id, kind, steps, expected) => {
    expect(timestepsOf(id, kind, steps)).toEqual(expected)
  })

  it('ends clean with DDIM when the model says set_alpha_to_one', () => {
    const schedule = buildSchedule({
      sampler: findSampler('ddim'),
      config: { ...config, setAlphaToOne: true },
      kind: 'leading',
      steps: 4,
    })
    expect(schedule.at(-1)?.sigma).toBe(0)
  })

  it('starts at sigma 4096 for a model without signal in its last training step', () => {
    const zeroSnr = { ...config, rescaleBetasZeroSnr: true }
    const schedule = buildSchedule({ sampler: findSampler('euler'), config: zeroSnr, kind: 'trailing', steps: 4 })
    expect(schedule[0]?.timestep).toBe(999)
    // torch rounds √(2²⁴ − 1) up, correct rounding goes down
    expect(schedule[0]?.sigma).toBeCloseTo(4096, 3)
  })

  it.each([
    ['euler', 'linspace', 0],
    ['euler', 'linspace', 2.5],
    ['euler', 'linspace', Number.NaN],
    ['lcm', 'leading', 51],
    ['lcm', 'karras', 4],
    ['ddim', 'karras', 20],
    ['ddim', 'leading', 1000],
    ['dpmpp-2m', 'linspace', 1000],
    ['dpmpp-2m', 'leading', 1000],
  ] as const)('of %s, %s, %d steps is refused', (id, kind, steps) => {
    expect(() => timestepsOf(id, kind, steps)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})

describe('the name of a schedule', () => {
  it.each([
    ['euler', 'automatic', 'leading', 'linspace'],
    ['ddim', 'automatic', 'linspace', 'leading'],
    ['euler', 'automatic', 'trailing', 'trailing'],
    ['lcm', 'automatic', 'trailing', 'leading'],
    ['euler', 'karras', 'leading', 'karras'],
  ] as const)('of %s, "%s" with a model that says %s, is %s', (id, name, spacing, kind) => {
    expect(chooseSchedule(findSampler(id), name, spacing)).toBe(kind)
  })

  it('is refused when nobody knows it, or the sampler cannot use it', () => {
    const failure = (code: string): unknown => expect.objectContaining({ code })
    expect(() => chooseSchedule(findSampler('euler'), 'cosine', 'leading')).toThrow(failure('unknown-name'))
    expect(() => chooseSchedule(findSampler('lcm'), 'karras', 'leading')).toThrow(failure('bad-argument'))
    expect(() => findSampler('dpm-fast')).toThrow(/ddim, ddpm, euler/)
  })
})
