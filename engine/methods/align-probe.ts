import { claimedNoise, meanSquare, noisyLatents, type ProbeStep } from '../alignment/probe-steps.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import type { Conditioning, Machine } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { chunksOf, type PromptEncoder } from './prompt-encoder.ts'
import { sizedConditioning, type Prompted } from './prompted-denoiser.ts'

/** A picture as the network sees it, and captions to try on it. */
export interface ProbedPicture {
  readonly machine: Machine
  readonly prompts: PromptEncoder
  /** Clean, [1, C, h, w]. */
  readonly latents: NdArray
  /** Of the picture, in pixels. */
  readonly size: Prompted['size']
  readonly signal: AbortSignal
  /** After each run of the network. */
  readonly ran: () => void
}

/** Each distinct caption with what the network is told for it, all with the same number of tokens. */
export const encodeCaptions = async (
  { machine, prompts, size }: Pick<ProbedPicture, 'machine' | 'prompts' | 'size'>,
  captions: readonly string[],
): Promise<ReadonlyMap<string, Conditioning>> => {
  const distinct = [...new Set(captions)].map((caption) => ({
    caption,
    read: prompts.read(caption, { steps: 1, seed: 0n }),
  }))
  const chunks = chunksOf(...distinct.map(({ read }) => read))
  const encoded = new Map<string, Conditioning>()
  for (const { caption, read } of distinct) {
    // The empty caption is what guidance calls the negative prompt.
    const [stage] = await prompts.encode(read, { chunks, isNegative: read.isEmpty })
    if (stage !== undefined) encoded.set(caption, sizedConditioning(machine.traits, stage, size))
  }
  return encoded
}

/**
 * The error of the predicted noise, mean over all values of the latents, for each caption at each noise level. All
 * captions see the same noise.
 *
 * @returns by caption, one error for each step
 * @throws EngineError 'cancelled', 'numbers-not-finite', and what the machine refuses
 */
export const probeErrors = async (
  picture: ProbedPicture,
  steps: readonly ProbeStep[],
  captions: ReadonlyMap<string, Conditioning>,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const errors = new Map<string, number[]>([...captions.keys()].map((caption) => [caption, []]))
  for (const step of steps) {
    const noisy = noisyLatents(picture.latents, step)
    for (const pair of inPairs([...captions])) {
      throwIfCancelled(picture.signal)
      // Both at once: small networks run them as one batch.
      const found = await Promise.all(pair.map(([, conditioning]) => errorOf(picture, step, noisy, conditioning)))
      for (const [i, [caption]] of pair.entries()) errors.get(caption)?.push(found[i] ?? NaN)
    }
  }
  return errors
}

const errorOf = async (
  { machine, ran }: ProbedPicture,
  step: ProbeStep,
  noisy: NdArray,
  conditioning: Conditioning,
): Promise<number> => {
  const output = await machine.predict({ sample: noisy, timestep: step.timestep, conditioning })
  ran()
  return meanSquare('word score', claimedNoise(output, noisy, step, machine.traits.noise.predictionType), step.noise)
}

const inPairs = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / 2) }, (_, i) => items.slice(2 * i, 2 * i + 2))
