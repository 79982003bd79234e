import { classifyPrompts, type PromptFit } from '../alignment/classify-prompts.ts'
import { probeSteps } from '../alignment/probe-steps.ts'
import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'
import { noiseCurve } from '../diffusion/noise-curve.ts'
import type { Machine } from '../machine/machine.ts'
import type { Run } from '../machine/run.ts'
import { encodePicture } from './align-picture.ts'
import { encodeCaptions, probeErrors } from './align-probe.ts'
import { scoreRange } from './align-image.ts'
import type { PromptEncoder } from './prompt-encoder.ts'

export interface ClassifyImageInput {
  readonly machine: Machine
  readonly prompts: PromptEncoder
  /** Of any size. */
  readonly picture: RawPicture
  /** At least two, all different. */
  readonly candidates: readonly string[]
  /** Noise levels, at least 2. */
  readonly steps: number
  /** Of the noise that all prompts share. */
  readonly seed: bigint
  readonly run: Run
}

/**
 * Which of these prompts fits a picture, each with its posterior probability.
 *
 * @returns one for each candidate, in their order
 * @throws EngineError 'cancelled', 'bad-argument', 'prompt-invalid', 'numbers-not-finite', and what the machine refuses
 * @source Li et al. 2023 (Diffusion Classifier), arXiv:2303.16203
 */
export const classifyImage = async (input: ClassifyImageInput): Promise<readonly PromptFit[]> => {
  const { machine, prompts, picture, candidates, steps: count, seed, run } = input
  refuseUnlessDifferent(candidates)
  const { latents, size } = await encodePicture(machine, picture, run.signal)
  const total = 1 + count * candidates.length
  let done = 0
  const ran = (): void => {
    done += 1
    run.progress({ done, total, stage: 'align' })
  }
  ran()
  const { alphasCumprod } = noiseCurve(machine.traits.noise)
  const steps = probeSteps({ alphasCumprod, count, ...scoreRange, shape: latents.shape, seed })
  const captions = await encodeCaptions({ machine, prompts, size }, candidates)
  const found = await probeErrors({ machine, prompts, latents, size, signal: run.signal, ran }, steps, captions)
  const errors = candidates.map((candidate) => found.get(candidate) ?? [])
  return classifyPrompts({ errors, steps, dimensions: latents.data.length })
}

const refuseUnlessDifferent = (candidates: readonly string[]): void => {
  const different = new Set(candidates).size
  if (different >= 2 && different === candidates.length) return
  throw new EngineError('bad-argument', {
    where: 'prompts',
    found: different < candidates.length ? 'the same prompt twice' : `${different} prompts`,
    expected: 'at least two different ones',
  })
}
