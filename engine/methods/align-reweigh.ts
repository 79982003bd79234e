import { phraseWeights, type PhraseWeightOptions } from '../alignment/phrase-weights.ts'
import type { Denoiser, NoiseLevel } from '../machine/denoiser.ts'
import { expectSameShape } from '../tensor/arithmetic.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { ChunkedPrompt } from '../text/chunk-prompt.ts'
import { findPhrase } from '../text/find-phrase.ts'
import { chunksOf, type EncodedPrompt, type EncodeOptions, type PromptEncoder } from './prompt-encoder.ts'
import { promptedDenoiser, type Prompted } from './prompted-denoiser.ts'
import type { ReadPrompt } from './read-prompts.ts'

export interface ReweighInput extends Omit<Prompted, 'prompt'> {
  readonly prompts: PromptEncoder
  readonly prompt: ReadPrompt
  /** Parts of the prompt that are weighed against each other; fewer than two change nothing. */
  readonly phrases: readonly string[]
  readonly encoding: Pick<EncodeOptions, 'chunks' | 'clipSkip'>
  readonly weights: PhraseWeightOptions
}

/**
 * The network told of a prompt in which, at every step, the phrases that its prediction represents least weigh most: those
 * whose own prediction is farthest from the whole prompt's. Costs one run for each phrase and one more each step.
 *
 * @throws EngineError as the prompt's encoder; while it runs, what the machine refuses
 * @source Zhang et al. 2025, arXiv:2506.09740, compositional generation
 */
export const reweighingDenoiser = async (input: ReweighInput): Promise<Denoiser> => {
  const { prompts, prompt, phrases, encoding } = input
  const encode = (read: ReadPrompt): Promise<EncodedPrompt> => prompts.encode(read, { ...encoding, isNegative: false })
  const plain = promptedDenoiser({ ...input, prompt: await encode(prompt) })
  if (phrases.length < 2) return plain
  const alone: Denoiser[] = []
  for (const phrase of phrases) {
    const read = prompts.read(phrase, { steps: 1, seed: 0n })
    const [stage] = await prompts.encode(read, {
      ...encoding,
      chunks: Math.max(encoding.chunks, chunksOf(read)),
      isNegative: false,
    })
    if (stage !== undefined) alone.push(promptedDenoiser({ ...input, prompt: [{ ...stage, lastStep: Infinity }] }))
  }
  const known = new Map<string, Promise<Denoiser>>()
  const weighed = (weights: readonly number[]): Promise<Denoiser> => {
    const key = weights.join(' ')
    const made =
      known.get(key) ??
      encode(weighPhrases(input, weights)).then((encoded) => promptedDenoiser({ ...input, prompt: encoded }))
    known.set(key, made)
    return made
  }
  return async (x: NdArray, level: NoiseLevel) => {
    const whole = await plain(x, level)
    const distances: number[] = []
    for (const denoise of alone) distances.push(distance(whole, await denoise(x, level)))
    const weights = phraseWeights(distances, input.weights)
    return weights.every((weight) => weight === 1) ? whole : (await weighed(weights))(x, level)
  }
}

/** The prompt with the weight of each phrase's tokens multiplied. */
const weighPhrases = ({ machine, prompts, prompt, phrases }: ReweighInput, weights: readonly number[]): ReadPrompt => ({
  ...prompt,
  stages: prompt.stages.map((stage) => ({
    ...stage,
    towers: stage.towers.map((chunked, index) => {
      const tower = machine.traits.towers[index]
      if (tower === undefined) return chunked
      const tokenizer = prompts.tokenizer(tower)
      return phrases.reduce((changed, phrase, i) => {
        const rows = findPhrase(tokenizer, changed, phrase).flatMap(({ positions }) => positions)
        return multiplyWeights(changed, new Set(rows), weights[i] ?? 1)
      }, chunked)
    }),
  })),
})

const multiplyWeights = (prompt: ChunkedPrompt, rows: ReadonlySet<number>, factor: number): ChunkedPrompt => ({
  ...prompt,
  chunks: prompt.chunks.map((chunk, index) => ({
    ...chunk,
    weights: chunk.weights.map((weight, place) => (rows.has(index * prompt.length + place) ? weight * factor : weight)),
  })),
})

/** Mean squared difference; a factor that all distances share does not matter. */
const distance = (a: NdArray, b: NdArray): number => {
  expectSameShape('phrase weights', b, a)
  let sum = 0
  for (let i = 0; i < a.data.length; i += 1) sum += ((a.data[i] ?? NaN) - (b.data[i] ?? NaN)) ** 2
  return sum / a.data.length
}
