import { denoiserOf } from '../diffusion/prediction.ts'
import type { Denoiser, NoiseLevel, Schedule } from '../machine/denoiser.ts'
import type { Conditioning, Machine, ModelTraits, PredictCall } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { stageAt } from '../text/prompt-schedule.ts'
import type { EncodedPrompt, EncodedStage } from './prompt-encoder.ts'

/** One prompt along one schedule. */
export interface Prompted {
  readonly machine: Machine
  readonly prompt: EncodedPrompt
  readonly schedule: Schedule
  /** Of the picture, in pixels. */
  readonly size: { readonly width: number; readonly height: number }
}

/**
 * The network told of one prompt, which may change from step to step.
 *
 * @param predict  asked in the place of the machine's own, with the level of the call
 */
export const promptedDenoiser = (
  prompted: Prompted,
  predict = (call: PredictCall, _level: NoiseLevel): Promise<NdArray> => prompted.machine.predict(call),
): Denoiser => {
  const { machine } = prompted
  return (x, level) => {
    const conditioning = conditioningAt(prompted, level)
    const network = (sample: NdArray, timestep: number): Promise<NdArray> =>
      predict({ sample, timestep, conditioning }, level)
    return denoiserOf(network, machine.traits.noise.predictionType)(x, level)
  }
}

/** What the network is told at a level. */
export const conditioningAt = (prompted: Prompted, level: NoiseLevel): Conditioning => {
  const stage = prompted.prompt[stageIndexAt(prompted, level)]
  if (stage === undefined) throw new RangeError('a prompt has at least one stage')
  return sizedConditioning(prompted.machine.traits, stage, prompted.size)
}

/** One stage of a prompt; for SDXL with the size it draws for: original size, crop, target size. */
export const sizedConditioning = (
  traits: ModelTraits,
  { conditioning }: EncodedStage,
  { width, height }: Prompted['size'],
): Conditioning => {
  if (!traits.hasAddedConditions) return conditioning
  const timeIds: NdArray = { shape: [1, 6], data: Float32Array.of(height, width, 0, 0, height, width) }
  return { ...conditioning, timeIds }
}

/** Which stage of the prompt holds at a level. */
export const stageIndexAt = (
  { prompt, schedule }: Pick<Prompted, 'prompt' | 'schedule'>,
  level: NoiseLevel,
): number => {
  const stage = stageAt(prompt, stepOf(schedule, level))
  return stage === undefined ? 0 : prompt.indexOf(stage)
}

/** The step, counted from 1, that starts at a level (or at the last one above it). */
const stepOf = (schedule: Schedule, { sigma }: NoiseLevel): number =>
  schedule.findLastIndex((start) => start.sigma >= sigma) + 1
