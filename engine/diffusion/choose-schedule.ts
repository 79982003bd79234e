import { EngineError } from '../contract/failures.ts'
import type { SamplerEntry } from './samplers/samplers.ts'
import { scheduleKinds, type ScheduleKind } from './schedule-kind.ts'

/**
 * The schedule that a request's name stands for. `automatic` is the sampler's own, but `trailing` for a model whose
 * scheduler says so: such a model (few steps, or no signal in the last training step) needs it.
 *
 * @param name          `automatic` or one of `scheduleKinds`
 * @param modelSpacing  timestep_spacing of the model's scheduler_config.json
 * @throws EngineError 'unknown-name' | 'bad-argument' when the sampler cannot use it
 */
export const chooseSchedule = (
  sampler: Pick<SamplerEntry, 'id' | 'schedules' | 'defaultSchedule'>,
  name: string,
  modelSpacing: Exclude<ScheduleKind, 'karras'>,
): ScheduleKind => {
  if (name === 'automatic') {
    const isNeeded = modelSpacing === 'trailing' && sampler.schedules.includes('trailing')
    return isNeeded ? 'trailing' : sampler.defaultSchedule
  }
  const kind = scheduleKinds.find((known) => known === name)
  if (kind === undefined) {
    throw new EngineError('unknown-name', {
      where: 'schedule',
      found: `"${name}"`,
      expected: ['automatic', ...scheduleKinds].join(', '),
    })
  }
  if (sampler.schedules.includes(kind)) return kind
  throw new EngineError('bad-argument', {
    where: `sampler ${sampler.id}`,
    found: `schedule "${kind}"`,
    expected: ['automatic', ...sampler.schedules].join(', '),
  })
}
