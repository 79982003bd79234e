import { EngineError } from '../../contract/failures.ts'
import { throwIfCancelled } from '../throw-if-cancelled.ts'
import type { Denoiser, NoiseLevel, Schedule } from '../../machine/denoiser.ts'
import { expectSameShape } from '../../tensor/arithmetic.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import type { Sampler, SamplerInput, SamplerState } from './sampler.ts'

/** What one step of a sampler is given. */
export interface StepInput {
  readonly x: NdArray
  /** Position of the step, 0-based; `now` = schedule[index], `next` = schedule[index + 1]. */
  readonly index: number
  readonly now: NoiseLevel
  readonly next: NoiseLevel
  readonly schedule: Schedule
  readonly denoise: Denoiser
  /** This step's noise. */
  readonly noise: () => NdArray
  readonly eta: number | undefined
  readonly history: readonly NdArray[]
}

export interface StepOutput {
  readonly x: NdArray
  readonly clean: NdArray
  readonly history?: readonly NdArray[]
}

/** The sampler that takes `step` from each level to the next, with cancel, checkpoints and resume the same for all. */
export const alongSchedule =
  (step: (input: StepInput) => Promise<StepOutput>): Sampler =>
  async (input) => {
    const { schedule, run } = input
    const total = schedule.length - 1
    let state = startState(input)
    for (let index = state.done; index < total; index += 1) {
      const next = levelAt(schedule, index + 1)
      throwIfCancelled(run.signal)
      const start = (await input.beforeStep?.(state.x, levelAt(schedule, index))) ?? state.x
      const result = await step({ ...stepInput(input, index), x: start, next, history: state.history })
      const x = input.afterStep?.(result.x, next, index === total - 1) ?? result.x
      state = { done: index + 1, x, history: result.history ?? [] }
      await run.stepped?.({ state, clean: result.clean, total })
    }
    return state.x
  }

const stepInput = ({ schedule, denoise, run, x, noise, eta }: SamplerInput, index: number) => ({
  index,
  schedule,
  now: levelAt(schedule, index),
  eta,
  denoise: async (noisy: NdArray, level: NoiseLevel): Promise<NdArray> => {
    throwIfCancelled(run.signal)
    return denoise(noisy, level)
  },
  noise: (): NdArray => {
    const drawn = noise(index)
    expectSameShape('sampler noise', drawn, x)
    return drawn
  },
})

const startState = ({ resume, schedule, x }: SamplerInput): SamplerState => {
  if (resume === undefined) return { done: 0, x, history: [] }
  if (resume.done >= 0 && resume.done < schedule.length) return resume
  throw new EngineError('bad-argument', {
    where: 'sampler checkpoint',
    found: `${resume.done} finished steps`,
    expected: `0 to ${schedule.length - 1}`,
  })
}

/** @throws EngineError 'bad-argument' when the schedule ends before `index` */
export const levelAt = (schedule: Schedule, index: number): NoiseLevel => {
  const level = schedule[index]
  if (level !== undefined) return level
  throw new EngineError('bad-argument', {
    where: 'schedule',
    found: `no level ${index}`,
    expected: `0 to ${schedule.length - 1}`,
  })
}
