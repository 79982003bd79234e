import { AlignmentMean, type MeanMaps } from '../alignment/alignment-mean.ts'
import type { WordTokens } from '../alignment/first-marks.ts'
import { noisyLatents, type ProbeStep } from '../alignment/probe-steps.ts'
import { EngineError } from '../contract/failures.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import type { Conditioning, Machine } from '../machine/machine.ts'
import { findPhrase } from '../text/find-phrase.ts'
import type { ProbedPicture } from './align-probe.ts'
import type { PromptEncoder } from './prompt-encoder.ts'

/**
 * Rows of the conditioning that each word's tokens have in a caption, all its occurrences together.
 *
 * @throws EngineError 'bad-argument' for a word that the caption does not name
 */
export const wordTokens = (
  { machine, prompts }: { readonly machine: Machine; readonly prompts: PromptEncoder },
  caption: string,
  words: readonly string[],
): readonly WordTokens[] => {
  const [tower] = machine.traits.towers
  const chunked = prompts.read(caption, { steps: 1, seed: 0n }).stages[0]?.towers[0]
  if (tower === undefined || chunked === undefined) throw new RangeError('a model has a text tower, a prompt a stage')
  return words.map((word) => {
    const tokens = findPhrase(prompts.tokenizer(tower), chunked, word).flatMap(({ positions }) => positions)
    if (tokens.length > 0) return { word, tokens }
    throw new EngineError('bad-argument', {
      where: 'words',
      found: `"${word}", which "${caption.slice(0, 80)}" does not name`,
      expected: 'a word of the prompt',
      remedy: 'Write it as the prompt does.',
    })
  })
}

/**
 * Mean attention to each word while the network looks at a slightly noisy picture.
 *
 * @throws EngineError 'cancelled', 'numbers-not-finite', and what the machine refuses
 */
export const collectMaps = async (
  { machine, latents, signal, ran }: ProbedPicture,
  steps: readonly ProbeStep[],
  conditioning: Conditioning,
  words: readonly WordTokens[],
): Promise<MeanMaps> => {
  const mean = new AlignmentMean(words, machine.traits.alignment?.layers ?? 'middle')
  for (const step of steps) {
    throwIfCancelled(signal)
    const { alignment } = await machine.attend({
      sample: noisyLatents(latents, step),
      timestep: step.timestep,
      conditioning,
      wantsMaps: false,
      wantsAlignment: true,
    })
    if (alignment === undefined) throw new RangeError('alignment maps were asked for')
    mean.add(alignment)
    ran()
  }
  return mean.mean()
}
