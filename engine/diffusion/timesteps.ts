import type { ScheduleKind, TimestepGrid } from './schedule-kind.ts'

export interface TimestepRequest {
  readonly kind: Exclude<ScheduleKind, 'karras'>
  readonly grid: TimestepGrid
  readonly steps: number
  /** How many training steps there are. */
  readonly trained: number
  /** Added to every timestep of `leading`. */
  readonly offset: number
}

/**
 * The training steps that N sampling steps visit, falling.
 *
 * @source diffusers 0.42: set_timesteps of each scheduler; Lin et al. 2023, arXiv:2305.08891, table 2
 */
export const spacedTimesteps = (request: TimestepRequest): readonly number[] => {
  const { grid, kind, steps, trained } = request
  if (grid === 'distilled') return distilledTimesteps(steps, trained)
  switch (kind) {
    case 'linspace': {
      const even = evenTimesteps(grid === 'multistep' ? steps + 1 : steps, trained - 1).slice(0, steps)
      return grid === 'fractional' ? even.map(Math.fround) : even.map(roundHalfEven)
    }
    case 'leading': {
      const lowest = grid === 'multistep' ? 1 : 0
      const stride = Math.floor(trained / (steps + lowest))
      return count(steps).map((i) => (steps - 1 - i + lowest) * stride + request.offset)
    }
    case 'trailing':
      return count(steps).map((i) => roundHalfEven(trained - i * (trained / steps)) - 1)
  }
}

/** Rounds to the nearest whole number, halves to the even one, as numpy and Python do. */
export const roundHalfEven = (value: number): number => {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1
  return rest < 0.5 ? floor : floor + 1
}

/** From `last` down to 0; a single one is `last`. */
const evenTimesteps = (points: number, last: number): readonly number[] => {
  if (points === 1) return [last]
  const stride = last / (points - 1)
  return count(points).map((i) => (i === 0 ? last : (points - 1 - i) * stride))
}

/** How many steps a latent consistency model is distilled to. */
export const distilledSteps = 50

/** @source Luo et al. 2023, arXiv:2310.04378, section 4.3 (skipping steps) */
const distilledTimesteps = (steps: number, trained: number): readonly number[] => {
  const stride = Math.floor(trained / distilledSteps)
  return count(steps).map((i) => (distilledSteps - Math.floor(i * (distilledSteps / steps))) * stride - 1)
}

const count = (length: number): readonly number[] => Array.from({ length }, (_, i) => i)
