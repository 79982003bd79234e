import { describe, expect, it } from 'vitest'
import { findSampler } from '../../../engine/diffusion/find-sampler.ts'
import { buildSchedule } from '../../../engine/diffusion/schedule.ts'
import { scheduleOfStrength, startFromLatents, startFromNoise } from '../../../engine/diffusion/start.ts'
import { scale, weightedSum } from '../../../engine/tensor/arithmetic.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { stableDiffusionNoise } from './stable-diffusion-noise.ts'

const config = stableDiffusionNoise()
const noise = torchRandn([1, 4, 8, 8], 1)
const ddim10 = buildSchedule({ sampler: findSampler('ddim'), config, kind: 'leading', steps: 10 })

describe('starting from noise', () => {
  it.each([
    ['euler', 'linspace', (sigma: number) => sigma],
    ['euler', 'karras', (sigma: number) => sigma],
    ['euler', 'leading', (sigma: number) => Math.hypot(1, sigma)],
    ['ddim', 'leading', (sigma: number) => Math.hypot(1, sigma)],
    ['dpmpp-2m', 'karras', (sigma: number) => Math.hypot(1, sigma)],
  ] as const)('with %s and %s is as strong as in diffusers', (id, kind, strength) => {
    const sampler = findSampler(id)
    const schedule = buildSchedule({ sampler, config, kind, steps: 20 })
    const expected = scale(noise, strength(schedule[0]?.sigma ?? Number.NaN))
    expect(startFromNoise(noise, schedule, sampler, kind)).toEqual(expected)
  })
})

describe('starting from a picture', () => {
  it('visits the steps that diffusers visits: 6 of 10 at strength 0.6', () => {
    const timesteps = scheduleOfStrength(ddim10, 0.6).map(({ timestep }) => timestep)
    expect(timesteps).toEqual([501, 401, 301, 201, 101, 1, 0])
  })

  it.each([
    [0.35, 3],
    [0.99, 9],
    [1, 10],
  ])('at strength %f takes %i of 10 steps', (strength, steps) => {
    expect(scheduleOfStrength(ddim10, strength)).toEqual(ddim10.slice(10 - steps))
  })

  it.each([0, 0.05])('keeps the latents as they are at strength %f, which is less than a step', (strength) => {
    const latents = torchRandn([1, 4, 8, 8], 2)
    const schedule = scheduleOfStrength(ddim10, strength)
    expect(schedule).toHaveLength(1)
    expect(startFromLatents(latents, noise, schedule)).toEqual(latents)
  })

  it('gives the latents the noise of the first of those steps', () => {
    const latents = torchRandn([1, 4, 8, 8], 2)
    const schedule = scheduleOfStrength(ddim10, 0.6)
    const sigma = schedule[0]?.sigma ?? Number.NaN
    expect(startFromLatents(latents, noise, schedule)).toEqual(weightedSum([1, latents], [sigma, noise]))
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses strength %f', (strength) => {
    expect(() => scheduleOfStrength(ddim10, strength)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})
