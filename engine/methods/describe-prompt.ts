import type { PromptReading } from '../contract/prompt-records.ts'
import type { ModelTraits } from '../machine/machine.ts'
import { chunkPrompt, type ChunkedPrompt } from '../text/chunk-prompt.ts'
import { findUnknownWords } from '../text/known-words.ts'
import { nearWords } from '../text/near-words.ts'
import { readPrompt } from '../text/read-prompt.ts'
import type { PromptReader } from './read-prompts.ts'

interface DescribeInput {
  readonly traits: Pick<ModelTraits, 'towers' | 'knownWords'>
  readonly tokenizer: PromptReader['tokenizer']
  readonly prompt: string
}

/** As many as a record takes. */
const mostUnknown = 200
/** Prompt editing counts as in a picture of this many steps. */
const usualSteps = 20

/**
 * How a model reads a prompt, without running anything: its tokens in chunks, and the words it was never taught. Of a prompt
 * that changes on the way, the longest part. What `{a|b}` may draw counts as one of its draws.
 *
 * @throws EngineError 'prompt-invalid'
 */
export const describePrompt = ({ traits, tokenizer, prompt }: DescribeInput): PromptReading => {
  const [tower] = traits.towers
  if (tower === undefined) throw new RangeError('a model has a text tower')
  const { stages } = readPrompt(prompt, { steps: usualSteps, seed: 0n })
  const chunked = stages.map(({ segments }) =>
    chunkPrompt(tokenizer(tower), segments, { length: tower.maxTokens, padId: tower.padId }),
  )
  const longest = chunked.reduce((a, b) => (b.tokenCount > a.tokenCount ? b : a))
  const known = traits.knownWords === null ? null : new Set(traits.knownWords)
  const unknown = known === null ? [] : stages.flatMap(({ segments }) => findUnknownWords(segments, known))
  const once = new Map(unknown.map((word) => [`${word.start} ${word.end}`, word]))
  return {
    tokens: longest.tokenCount,
    room: longest.length - 2,
    chunks: longest.chunks.length,
    chunkStarts: startsOf(longest),
    unknown: [...once.values()].slice(0, mostUnknown).map(({ word, start, end }) => {
      return { word: word.slice(0, 500), from: start, to: end, near: [...nearWords(word, known ?? [])] }
    }),
  }
}

/** Where the text of each chunk after the first begins; a chunk of nothing but padding begins nowhere. */
const startsOf = ({ chunks }: ChunkedPrompt): number[] =>
  chunks.slice(1).flatMap(({ tokens }) => {
    const first = tokens.find((token) => token !== undefined)
    return first === undefined ? [] : [first.start]
  })
