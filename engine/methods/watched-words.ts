import type { WordTokens } from '../alignment/first-marks.ts'
import { contentPhrases } from '../text/content-phrases.ts'
import { findPhrase } from '../text/find-phrase.ts'
import { readPrompt } from '../text/read-prompt.ts'
import { mostWords } from './align-captions.ts'
import type { GenerateInput } from './generate-input.ts'
import type { ReadPrompt } from './read-prompts.ts'

/**
 * The words of a request whose attention is worth watching: the phrases of its regions, then what else its prompt names,
 * each with the rows of the conditioning that its tokens have in the last stage of the prompt.
 */
export const watchedWords = (
  { machine, prompts, request, seed }: GenerateInput,
  { stages }: ReadPrompt,
): readonly WordTokens[] => {
  const [tower] = machine.traits.towers
  const chunked = stages.at(-1)?.towers[0]
  if (tower === undefined || chunked === undefined) return []
  const { segments = [] } = readPrompt(request.prompt, { steps: request.steps, seed }).stages.at(-1) ?? {}
  const phrases = (request.layout?.regions ?? []).map(({ phrase }) => phrase.trim().toLowerCase())
  const words = [...new Set([...phrases, ...contentPhrases(segments)])].slice(0, mostWords)
  return words.flatMap((word): WordTokens[] => {
    const tokens = findPhrase(prompts.tokenizer(tower), chunked, word).flatMap(({ positions }) => positions)
    return tokens.length === 0 ? [] : [{ word, tokens }]
  })
}
