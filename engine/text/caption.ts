import { EngineError } from '../contract/failures.ts'
import type { ClipTokenizer } from './clip-tokenizer.ts'
import { articleOf, articles, withoutArticle } from './article.ts'
import { matchPhrase } from './find-phrase.ts'
import { mapText } from './mapped-text.ts'
import { parseAttention } from './prompt-attention.ts'
import { promptTokens } from './prompt-tokens.ts'

/** The two prompts whose difference says how much of a phrase a picture shows. */
export interface CaptionContrast {
  /** The caption that names the phrase. */
  readonly withPhrase: string
  /** The caption that does not. */
  readonly withoutPhrase: string
  /** Whether the phrase had to be added, since the prompt does not name it. */
  readonly isAppended: boolean
}

/**
 * The caption of one phrase alone: a model's template with `{}` for the phrase and `{article}` for "a" or "an".
 *
 * @throws EngineError 'config-invalid' when the template has no `{}`
 */
export function fillCaption(template: string, phrase: string): string {
  if (!template.includes('{}'))
    throw new EngineError('config-invalid', {
      where: 'attune.json captionTemplate',
      found: JSON.stringify(template),
      expected: 'a text with {} for the word, such as "a photo of {}"',
    })
  const named = template.includes('{article}') ? withoutArticle(phrase) : phrase.trim()
  return template.replaceAll('{article}', () => articleOf(named)).replaceAll('{}', () => named)
}

/**
 * A prompt with and without a phrase. Where the prompt names the phrase, all its occurrences are deleted, each with the
 * article in front of it, and spaces collapse; otherwise it is appended with "and" and compared with the prompt as it
 * stands.
 *
 * @param prompt a drawn prompt: weights are read, variants and prompt editing are not
 */
export function contrastCaptions(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  prompt: string,
  phrase: string,
): CaptionContrast {
  const withoutPhrase = deletePhrase(tokenizer, prompt, phrase)
  if (withoutPhrase !== undefined) return { withPhrase: prompt, withoutPhrase, isAppended: false }
  return { withPhrase: appendWord(prompt, phrase), withoutPhrase: prompt, isAppended: true }
}

/** A prompt with a word appended by "and"; the word alone where the prompt is blank. */
export const appendWord = (prompt: string, word: string): string =>
  prompt.trim() === '' ? word.trim() : `${prompt.trim()} and ${word.trim()}`

/** The prompt without a phrase and its articles, spaces collapsed; undefined where the prompt does not name it. */
export function deletePhrase(
  tokenizer: Pick<ClipTokenizer, 'encode'>,
  prompt: string,
  phrase: string,
): string | undefined {
  const tokens = promptTokens(tokenizer, parseAttention(mapText(prompt)).segments).flat(2)
  const matches = matchPhrase(tokenizer, tokens, phrase)
  if (matches.length === 0) return undefined
  const articleIds = new Set(articles.map((article) => tokenizer.encode(article)[0]?.id))
  const deleted = new Set<number>()
  for (const [from, to] of matches) {
    const before = tokens[from - 1]
    const hasArticle = articleIds.has(before?.id) && tokens[from - 2]?.continues !== true
    for (const { start, end } of tokens.slice(hasArticle ? from - 1 : from, to))
      for (let unit = start; unit < end; unit++) deleted.add(unit)
  }
  const kept = Array.from({ length: prompt.length }, (_, unit) => (deleted.has(unit) ? ' ' : prompt.charAt(unit)))
  return kept
    .join('')
    .replaceAll(/\p{White_Space}+/gu, ' ')
    .trim()
}
