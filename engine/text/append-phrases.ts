import type { ClipTokenizer } from './clip-tokenizer.ts'
import { matchPhrase } from './find-phrase.ts'
import { promptTokens } from './prompt-tokens.ts'
import { readPrompt, type PromptSettings } from './read-prompt.ts'

/** A prompt in which every region finds its phrase. */
export interface CompletedPrompt {
  readonly prompt: string
  /** What was appended, each phrase once; to be shown to the user. */
  readonly appended: readonly string[]
}

/**
 * Appends the phrases of regions that a prompt lacks, each after a comma. A phrase that prompt editing shows in some of
 * the steps is in the prompt.
 *
 * @param phrases in the prompt's own syntax; blank ones are left out
 */
export function appendPhrases(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  prompt: string,
  phrases: readonly string[],
  settings: PromptSettings,
): CompletedPrompt {
  let completed = prompt
  const appended: string[] = []
  for (const phrase of phrases.map((text) => text.trim())) {
    if (phrase === '' || containsPhrase(tokenizer, completed, phrase, settings)) continue
    completed = appendPart(completed, phrase)
    appended.push(phrase)
  }
  return { prompt: completed, appended }
}

function containsPhrase(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  prompt: string,
  phrase: string,
  settings: PromptSettings,
): boolean {
  const { stages } = readPrompt(prompt, settings)
  return stages.some(
    ({ segments }) => matchPhrase(tokenizer, promptTokens(tokenizer, segments).flat(2), phrase).length > 0,
  )
}

function appendPart(prompt: string, phrase: string): string {
  const before = prompt.trimEnd()
  if (before === '') return phrase
  return before.endsWith(',') ? `${before} ${phrase}` : `${before}, ${phrase}`
}
