import { EngineError } from '../contract/failures.ts'
import type { GenerateRequest } from '../contract/records.ts'
import { chooseSchedule } from '../diffusion/choose-schedule.ts'
import { findSampler } from '../diffusion/find-sampler.ts'
import type { ScheduleKind } from '../diffusion/schedule-kind.ts'
import type { SamplerEntry } from '../diffusion/samplers/samplers.ts'
import type { ModelTraits } from '../machine/machine.ts'

/** A request with every default filled in for one model. */
export interface ResolvedRequest {
  readonly sampler: SamplerEntry
  readonly schedule: ScheduleKind
  /** In pixels; multiples of the model's VAE factor. */
  readonly width: number
  readonly height: number
}

/**
 * Fills in what the request leaves to the model.
 *
 * @throws EngineError 'unknown-name' for a sampler or schedule, 'size-not-multiple', 'bad-argument' when the sampler
 *         cannot use the schedule
 */
export const resolveRequest = (request: GenerateRequest, traits: ModelTraits): ResolvedRequest => {
  const sampler = findSampler(request.sampler)
  const { width = traits.defaultSize.width, height = traits.defaultSize.height } = request
  refuseOddSize(width, height, traits)
  const name = request.schedule === 'normal' ? 'linspace' : request.schedule // A1111's and ComfyUI's name for it
  return { sampler, schedule: chooseSchedule(sampler, name, traits.spacing), width, height }
}

const refuseOddSize = (width: number, height: number, { vaeFactor, name }: ModelTraits): void => {
  if (width % vaeFactor === 0 && height % vaeFactor === 0) return
  const nearest = (side: number): number => Math.max(vaeFactor, Math.round(side / vaeFactor) * vaeFactor)
  throw new EngineError('size-not-multiple', {
    where: 'size',
    found: `${width} x ${height}`,
    expected: `sides that ${vaeFactor} divides, which ${name} needs`,
    remedy: `The nearest is ${nearest(width)} x ${nearest(height)}.`,
    width,
    height,
    factor: vaeFactor,
  })
}
