import type { Denoiser, NoiseLevel, Prediction, Schedule } from '../../machine/denoiser.ts'
import type { Attended, AttendCall, AttentionMap, RegionInput } from '../../machine/machine.ts'
import { weightedSum } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { cleanFromOutput, networkInput } from '../prediction.ts'

/** A region and the share of the steps in which it counts. */
export interface SteeredRegion extends RegionInput {
  /** 0 … 1; counts in steps i with from ≤ i/N < to. */
  readonly from: number
  /** Absent: to the end for paint-with-words, for the first half of the steps for the layout gradient. */
  readonly to?: number | undefined
}

/** Which ways of steering are on. */
export interface SteeringWays {
  /** Scores of a region's words are raised inside it (paint-with-words). */
  readonly paints: boolean
  /** Latents follow the gradient of the region loss (ZestGuide). */
  readonly guides: boolean
}

/** What every way of steering is given. */
export interface SteeringInput {
  /** The regions that hold at a level (prompt editing may move their words). */
  readonly regionsAt: (level: NoiseLevel) => readonly SteeredRegion[]
  /** The conditional prediction with its attention laid open; the call without sample and timestep. */
  readonly attend: (call: Omit<AttendCall, 'conditioning'>, level: NoiseLevel) => Promise<Attended>
  /** The same without looking; used where no region counts. */
  readonly plain: Denoiser
  readonly prediction: Prediction
  readonly schedule: Schedule
  /** Sees the maps of the conditional passes of the last third of the steps. */
  readonly onMaps?: (maps: readonly AttentionMap[]) => void
}

export interface RegionSteeringInput extends SteeringInput, SteeringWays {
  /** Step size of the layout gradient in variance-preserving units; 1 unless given. */
  readonly eta?: number
}

/** A conditional denoiser that looks at regions, and what it does to the latents before and after each step. */
export interface Steering {
  readonly denoise: Denoiser
  readonly beforeStep?: (x: NdArray, now: NoiseLevel) => Promise<NdArray>
  readonly afterStep: (x: NdArray, next: NoiseLevel) => NdArray
}

/** Share of the steps in which the layout gradient is taken, unless a region says otherwise. */
export const guidedShare = 0.5
const paintWeight = 0.1
/** Maps of earlier steps are too noisy to say where things are. */
const mapShare = 2 / 3

/**
 * Steers a picture to painted regions: paint-with-words inside the conditional pass, and after each guided step
 * x ← x − eta · strength · √(1 − ᾱ) · √(1 + sigma_next²) · g / max|g|, g = gradient of the region loss with respect to the
 * network's input, from the same conditional pass, less each channel's mean. strength is that of the strongest region; the
 * weaker ones count less in the loss.
 *
 * @source Couairon et al. 2023 (ZestGuide), arXiv:2306.13754, eq. 3 to 5; Balaji et al. 2022 (eDiff-I), arXiv:2211.01324,
 *   section 4.3; here x is variance-exploding, which brings the factor √(1 + sigma_next²); without the mean, backgrounds
 *   keep their colour (docs/methods/layout.md)
 */
export const regionSteering = (input: RegionSteeringInput): Steering => {
  const { plain, attend, prediction, eta = 1 } = input
  let pending: { readonly gradient: NdArray; readonly size: number } | undefined
  const denoise: Denoiser = async (x, level) => {
    const call = callAt(input, level)
    if (call.paint === undefined && call.guide === undefined && !call.wantsMaps) return plain(x, level)
    const attended = await attend({ ...call, sample: networkInput(x, level), timestep: level.timestep }, level)
    if (call.wantsMaps) input.onMaps?.(attended.maps)
    if (attended.guide !== undefined) {
      const strength = Math.max(...(call.guide?.regions ?? []).map((region) => region.strength))
      // A sampler that looks twice in a step (Heun) is steered by its first look.
      pending ??= {
        gradient: withoutMean(attended.guide.gradient),
        size: eta * strength * (level.sigma / Math.hypot(1, level.sigma)),
      }
    }
    return cleanFromOutput(attended.prediction, x, level, prediction)
  }
  const afterStep = (x: NdArray, next: NoiseLevel): NdArray => {
    const taken = pending
    pending = undefined
    const peak = taken === undefined ? 0 : largestMagnitude(taken.gradient)
    if (taken === undefined || peak === 0) return x
    return weightedSum([1, x], [(-taken.size * Math.hypot(1, next.sigma)) / peak, taken.gradient])
  }
  return { denoise, afterStep }
}

/** The share of the steps that lies behind a level, 0 … 1. */
export const shareAt = (schedule: Schedule, { sigma }: NoiseLevel): number =>
  Math.max(
    0,
    schedule.findLastIndex((start) => start.sigma >= sigma),
  ) /
  (schedule.length - 1)

/** The regions that have begun to count at a level. */
export const startedRegions = ({ regionsAt, schedule }: SteeringInput, level: NoiseLevel): readonly SteeredRegion[] =>
  regionsAt(level).filter(({ strength, from }) => strength > 0 && shareAt(schedule, level) >= from)

/** Whether attention at a level says where things are: in the last third of the steps, and in the last step always. */
export const wantsMapsAt = ({ schedule, onMaps }: SteeringInput, level: NoiseLevel): boolean => {
  const steps = schedule.length - 1
  return onMaps !== undefined && shareAt(schedule, level) * steps >= Math.min(mapShare * steps, steps - 1)
}

const callAt = (input: RegionSteeringInput, level: NoiseLevel): Pick<AttendCall, 'paint' | 'guide' | 'wantsMaps'> => {
  const { schedule, paints, guides } = input
  const share = shareAt(schedule, level)
  const regions = startedRegions(input, level)
  const painted = paints ? regions.filter(({ to = 1 }) => share < to) : []
  const guided = guides ? regions.filter(({ to = guidedShare }) => share < to) : []
  return {
    ...(painted.length > 0 && {
      paint: { regions: painted.map(limited), weight: paintWeight * Math.log1p(level.sigma) },
    }),
    ...(guided.length > 0 && { guide: { regions: guided } }),
    wantsMaps: wantsMapsAt(input, level),
  }
}

/** Paint-with-words breaks pictures above twice its usual strength. */
const limited = (region: SteeredRegion): SteeredRegion => ({ ...region, strength: Math.min(2, region.strength) })

/**
 * The gradient less each channel's mean over positions, [1, C, h, w]: a step moves things about, and leaves the picture's
 * mean, which is its colour, as it is.
 */
const withoutMean = ({ shape, data }: NdArray): NdArray => {
  const [, channels = 1] = shape
  const area = data.length / channels
  const moved = new Float32Array(data.length)
  for (let channel = 0; channel < channels; channel += 1) {
    const plane = data.subarray(channel * area, (channel + 1) * area)
    const mean = plane.reduce((sum, value) => sum + value, 0) / area
    moved.set(
      plane.map((value) => value - mean),
      channel * area,
    )
  }
  return { shape, data: moved }
}

const largestMagnitude = ({ data }: NdArray): number =>
  data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
