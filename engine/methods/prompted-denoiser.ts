import { denoiserOf } from '../diffusion/prediction.ts'
import type { Denoiser, NoiseLevel, Schedule } from '../machine/denoiser.ts'
import type { Conditioning, Machine } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { stageAt } from '../text/prompt-schedule.ts'
import type { EncodedPrompt } from './prompt-encoder.ts'

interface PromptedInput {
  readonly machine: Machine
  readonly prompt: EncodedPrompt
  readonly schedule: Schedule
  /** Of the picture, in pixels. */
  readonly size: { readonly width: number; readonly height: number }
}

/** The network told of one prompt, which may change from step to step. */
export const promptedDenoiser = ({ machine, prompt, schedule, size }: PromptedInput): Denoiser => {
  const { predictionType } = machine.traits.noise
  return (x, level) => {
    const conditioning = conditioningAt(machine, prompt, schedule, level, size)
    return denoiserOf((sample, timestep) => machine.predict({ sample, timestep, conditioning }), predictionType)(
      x,
      level,
    )
  }
}

const conditioningAt = (
  { traits }: Machine,
  prompt: EncodedPrompt,
  schedule: Schedule,
  level: NoiseLevel,
  { width, height }: PromptedInput['size'],
): Conditioning => {
  const stage = stageAt(prompt, stepOf(schedule, level))
  if (stage === undefined) throw new RangeError('a prompt has at least one stage')
  if (!traits.hasAddedConditions) return stage.conditioning
  // SDXL is told the size it draws for: original size, crop, target size.
  const timeIds: NdArray = { shape: [1, 6], data: Float32Array.of(height, width, 0, 0, height, width) }
  return { ...stage.conditioning, timeIds }
}

/** The step, counted from 1, that starts at a level (or at the last one above it). */
const stepOf = (schedule: Schedule, { sigma }: NoiseLevel): number =>
  schedule.findLastIndex((start) => start.sigma >= sigma) + 1
