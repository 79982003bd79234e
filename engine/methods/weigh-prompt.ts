import type { PhraseWeight } from '../alignment/phrase-weights.ts'
import type { TextTower } from '../machine/machine.ts'
import type { ChunkedPrompt } from '../text/chunk-prompt.ts'
import { findPhrase } from '../text/find-phrase.ts'
import type { PromptReader, ReadPrompt } from './read-prompts.ts'

/** A prompt as one would type it with its phrases weighed. */
export interface WeighedPrompt {
  readonly prompt: string
  /** The weights that stand in it; phrases that cannot be put into brackets are left out. */
  readonly weights: readonly PhraseWeight[]
}

interface WeighInput {
  readonly prompts: PromptReader
  /** The model's first one, whose tokens phrases are found by. */
  readonly tower: TextTower
  /** With nothing left to draw in it. */
  readonly prompt: string
  readonly steps: number
  readonly seed: bigint
}

/**
 * Writes weights into a prompt, `(tiger:1.2)`, around every occurrence of each phrase, so that any program reads the same.
 *
 * @throws EngineError 'prompt-invalid'
 */
export const weighPrompt = (input: WeighInput, weights: readonly PhraseWeight[]): WeighedPrompt =>
  weights
    .filter(({ weight }) => weight !== 1)
    .reduce<WeighedPrompt>(
      (weighed, wanted) => {
        const prompt = withWeight({ ...input, prompt: weighed.prompt }, wanted)
        return prompt === undefined ? weighed : { prompt, weights: [...weighed.weights, wanted] }
      },
      { prompt: input.prompt, weights: [] },
    )

/** Undefined where the brackets would change more than the weight, as when others overlap them. */
const withWeight = (input: WeighInput, { phrase, weight }: PhraseWeight): string | undefined => {
  const { prompts, prompt, steps, seed } = input
  const before = prompts.read(prompt, { steps, seed })
  const spans = spansOf(input, before, phrase)
  const changed = spans.reduceRight(
    (text, { start, end }) => `${text.slice(0, start)}(${text.slice(start, end)}:${weight})${text.slice(end)}`,
    prompt,
  )
  if (spans.length === 0) return undefined
  const after = prompts.read(changed, { steps, seed })
  return isSameText(before, after) && isWeighed(input, before, after, { phrase, weight }) ? changed : undefined
}

/** Where a phrase stands in the prompt as it was typed, in order. */
const spansOf = (input: WeighInput, { stages }: ReadPrompt, phrase: string) => {
  const found = stages.flatMap(({ towers: [chunked] }) => occurrences(input, chunked, phrase))
  return [...new Map(found.map((place) => [place.start, place])).values()].sort((a, b) => a.start - b.start)
}

const occurrences = ({ prompts, tower }: WeighInput, chunked: ChunkedPrompt | undefined, phrase: string) =>
  chunked === undefined ? [] : findPhrase(prompts.tokenizer(tower), chunked, phrase)

/** The same tokens at the same places in the same steps, whatever they weigh, and nothing remarked that was not before. */
const isSameText = (a: ReadPrompt, b: ReadPrompt): boolean => textOf(a) === textOf(b)

const textOf = ({ stages, notes }: ReadPrompt): string =>
  JSON.stringify([
    notes,
    stages.map(({ lastStep, towers }) => [lastStep, towers.map(({ chunks }) => chunks.map(({ ids }) => [...ids]))]),
  ])

/** Whether the phrase's tokens weigh what they shall and all others what they did. */
const isWeighed = (
  input: WeighInput,
  before: ReadPrompt,
  after: ReadPrompt,
  { phrase, weight }: PhraseWeight,
): boolean =>
  before.stages.every(({ towers: [chunked] }, stage) => {
    const rows = new Set(occurrences(input, chunked, phrase).flatMap(({ positions }) => positions))
    const weights = weightsOf(after.stages[stage]?.towers[0])
    return weightsOf(chunked).every((old, row) => isNear(weights[row], rows.has(row) ? old * weight : old))
  })

const weightsOf = (chunked: ChunkedPrompt | undefined): readonly number[] =>
  chunked?.chunks.flatMap((chunk) => [...chunk.weights]) ?? []

/** Weights are float32. */
const isNear = (a: number | undefined, b: number): boolean => Math.abs((a ?? NaN) - b) <= 1e-5 * Math.abs(b)
