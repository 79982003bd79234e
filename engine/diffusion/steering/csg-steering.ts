import type { Denoiser, NoiseLevel } from '../../machine/denoiser.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { weightedSum } from '../../tensor/arithmetic.ts'
import { cleanFromOutput, networkInput } from '../prediction.ts'
import {
  guidedShare,
  shareAt,
  startedRegions,
  wantsMapsAt,
  type SteeredRegion,
  type Steering,
  type SteeringInput,
} from './region-steering.ts'

/** How often the latents are refined before a step. */
const refinements = 5
const firstStep = 0.5

/**
 * Steers a composite scene: before each step of the guided share the latents are refined five times along the gradient of
 * the composite loss, x ← x − 0.5 √(1 − 0.5 i/N) · √(1 + sigma²) · g at step i of N, g with respect to the network's input
 * and not normalised; in the conditional pass of these steps attention to the words of all regions is redistributed.
 * The strength of a region is that of its loss.
 *
 * @source arXiv:2407.13609, official code; here x is variance-exploding, which brings the factor √(1 + sigma²)
 */
export const csgSteering = (input: SteeringInput): Steering => {
  const { plain, attend, prediction, schedule, onMaps } = input
  const beforeStep = async (start: NdArray, now: NoiseLevel): Promise<NdArray> => {
    const regions = regionsAt(input, now)
    if (regions.length === 0) return start
    const size = firstStep * Math.sqrt(1 - shareAt(schedule, now) / 2) * Math.hypot(1, now.sigma)
    let x = start
    for (let refinement = 0; refinement < refinements; refinement += 1) {
      const call = { guide: { regions, loss: 'csg' }, wantsMaps: false } as const
      const { guide } = await attend({ ...call, sample: networkInput(x, now), timestep: now.timestep }, now)
      if (guide !== undefined) x = weightedSum([1, x], [-size, guide.gradient])
    }
    return x
  }
  const denoise: Denoiser = async (x, level) => {
    const regions = regionsAt(input, level)
    const wantsMaps = wantsMapsAt(input, level)
    if (regions.length === 0 && !wantsMaps) return plain(x, level)
    const call = { ...(regions.length > 0 && { redistribute: { regions } }), wantsMaps }
    const attended = await attend({ ...call, sample: networkInput(x, level), timestep: level.timestep }, level)
    if (wantsMaps) onMaps?.(attended.maps)
    return cleanFromOutput(attended.prediction, x, level, prediction)
  }
  return { denoise, beforeStep, afterStep: (x) => x }
}

const regionsAt = (input: SteeringInput, level: NoiseLevel): readonly SteeredRegion[] => {
  const share = shareAt(input.schedule, level)
  return startedRegions(input, level).filter(({ to = guidedShare }) => share < to)
}
