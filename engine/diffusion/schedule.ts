import { EngineError } from '../contract/failures.ts'
import type { NoiseLevel, Schedule } from '../machine/denoiser.ts'
import type { NoiseConfig } from '../machine/noise-config.ts'
import { karrasSigmas, sigmaAt, timestepAt } from './karras.ts'
import { noiseCurve } from './noise-curve.ts'
import type { ScheduleKind, TimestepGrid } from './schedule-kind.ts'
import { distilledSteps, roundHalfEven, spacedTimesteps } from './timesteps.ts'

/** What of a sampler its schedule depends on; an entry of `samplers.ts` will do. */
export interface ScheduleRules {
  readonly id: string
  readonly grid: TimestepGrid
  readonly schedules: readonly ScheduleKind[]
  /** `config`: at the noise of training step 0 unless the model says set_alpha_to_one. */
  readonly endsAt: 'clean' | 'config'
}

export interface ScheduleRequest {
  readonly sampler: ScheduleRules
  readonly config: NoiseConfig
  readonly kind: ScheduleKind
  /** Number of steps, 1 or more. */
  readonly steps: number
}

/**
 * The noise levels that a sampler visits in `steps` steps: `steps + 1` of them, sigmas rounded to float32.
 *
 * @throws EngineError 'bad-argument' when the sampler cannot use the kind or the number of steps
 * @source diffusers 0.42; which rule belongs to which sampler is written beside it in `samplers.ts`
 */
export const buildSchedule = ({ sampler, config, kind, steps }: ScheduleRequest): Schedule => {
  refuseUnusable(sampler, kind, steps)
  const { sigmas } = noiseCurve(config)
  const levels =
    kind === 'karras'
      ? karrasLevels(sigmas, sampler.grid, steps)
      : spacedTimesteps({ kind, grid: sampler.grid, steps, trained: sigmas.length, offset: config.stepsOffset }).map(
          (timestep) => ({ sigma: Math.fround(sigmaAt(sigmas, timestep)), timestep }),
        )
  const lastSigma = sampler.endsAt === 'config' && !config.setAlphaToOne ? (sigmas[0] ?? 0) : 0
  const schedule = [...levels, { sigma: lastSigma, timestep: 0 }]
  refuseUnordered(sampler, schedule, sigmas.length)
  return schedule
}

const karrasLevels = (sigmas: Float32Array, grid: TimestepGrid, steps: number): readonly NoiseLevel[] =>
  karrasSigmas(sigmas, steps).map((sigma) => {
    const timestep = timestepAt(sigmas, sigma)
    return {
      sigma: Math.fround(sigma),
      timestep: grid === 'fractional' ? Math.fround(timestep) : roundHalfEven(timestep),
    }
  })

const refuseUnusable = ({ id, grid, schedules }: ScheduleRules, kind: ScheduleKind, steps: number): void => {
  if (!schedules.includes(kind)) {
    throw new EngineError('bad-argument', {
      where: `sampler ${id}`,
      found: `schedule "${kind}"`,
      expected: schedules.join(', '),
    })
  }
  const most = grid === 'distilled' ? distilledSteps : Infinity
  if (Number.isInteger(steps) && steps >= 1 && steps <= most) return
  throw new EngineError('bad-argument', {
    where: `sampler ${id}`,
    found: `${steps} steps`,
    expected: most === Infinity ? 'a whole number from 1' : `a whole number from 1 to ${most}`,
  })
}

/** Too many steps fall on the same training step or outside of them. */
const refuseUnordered = ({ id, endsAt }: ScheduleRules, schedule: Schedule, trained: number): void => {
  const steps = schedule.length - 1
  const isUsable = schedule.every(({ sigma, timestep }, i) => {
    const next = schedule[i + 1]
    if (timestep < 0 || timestep > trained - 1) return false
    // DDIM's last level may repeat the one before, as in diffusers with steps_offset 0: that step changes nothing
    return next === undefined || next.sigma < sigma || (i === steps - 1 && endsAt === 'config' && next.sigma === sigma)
  })
  if (isUsable) return
  throw new EngineError('bad-argument', {
    where: `sampler ${id}`,
    found: `${steps} steps`,
    expected: `so few that each falls on its own of the ${trained} training steps`,
    remedy: 'Ask for fewer steps or another schedule.',
  })
}
