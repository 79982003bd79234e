import { findSampler } from '../../../../engine/diffusion/find-sampler.ts'
import type { SamplerInput, SamplerState } from '../../../../engine/diffusion/samplers/sampler.ts'
import type { SamplerId } from '../../../../engine/diffusion/samplers/samplers.ts'
import { buildSchedule } from '../../../../engine/diffusion/schedule.ts'
import type { ScheduleKind } from '../../../../engine/diffusion/schedule-kind.ts'
import { startFromNoise } from '../../../../engine/diffusion/start.ts'
import type { NdArray, Shape } from '../../../../engine/tensor/nd-array.ts'
import { noiseStream } from '../../../../engine/tensor/noise-stream.ts'
import { stableDiffusionNoise } from '../stable-diffusion-noise.ts'

/** Everything a sampler needs for `steps` steps, by default of its own schedule, from the noise of one seed. */
export const samplerInput = (
  id: SamplerId,
  steps: number,
  { shape = [4, 8, 8], kind = findSampler(id).defaultSchedule }: { shape?: Shape; kind?: ScheduleKind } = {},
) => {
  const sampler = findSampler(id)
  const schedule = buildSchedule({ sampler, config: stableDiffusionNoise(), kind, steps })
  const noise = noiseStream({ seeds: [5n], shape })
  return { schedule, x: startFromNoise(noise.start(), schedule, sampler, kind), noise: noise.ofCall }
}

/** Runs a sampler to its end and keeps the state after each step. */
export const runSampler = async (
  id: SamplerId,
  input: Omit<SamplerInput, 'run'>,
): Promise<{ readonly x: NdArray; readonly states: readonly SamplerState[] }> => {
  const states: SamplerState[] = []
  const x = await findSampler(id).sample({
    ...input,
    run: { signal: new AbortController().signal, stepped: ({ state }) => void states.push(state) },
  })
  return { x, states }
}
