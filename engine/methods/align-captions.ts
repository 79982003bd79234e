import { EngineError } from '../contract/failures.ts'
import type { ModelTraits } from '../machine/machine.ts'
import { appendWord, contrastCaptions, fillCaption } from '../text/caption.ts'
import { contentPhrases } from '../text/content-phrases.ts'
import { readPrompt } from '../text/read-prompt.ts'
import type { ClipTokenizer } from '../text/clip-tokenizer.ts'

/** What the words of a picture are judged by. */
export interface AlignCaptions {
  readonly form: 'in-prompt' | 'alone'
  readonly words: readonly WordCaptions[]
  /** Names every word: what the maps are collected with. */
  readonly whole: string
}

export interface WordCaptions {
  readonly word: string
  /** Whether the prompt does not name it. */
  readonly isAppended: boolean
  readonly withWord: string
  readonly withoutWord: string
  /** The word alone in the model's template. */
  readonly alone: string
}

interface CaptionInput {
  readonly traits: ModelTraits
  readonly tokenizer: ClipTokenizer
  /** May be blank: then each word is judged alone. */
  readonly prompt: string
  /** The prompt's own phrases when absent. */
  readonly words?: readonly string[] | undefined
}

/** More words take longer than anybody waits for, and their maps have nothing left to say. */
export const mostWords = 64

const plainTemplate = 'a photo of {}'

/**
 * The captions whose errors say how much of each word a picture shows.
 *
 * @throws EngineError 'bad-argument' without any word or with too many, for a word without letters and one that is named
 *   twice; 'prompt-invalid' as the prompt's reader
 */
export const alignCaptions = ({ traits, tokenizer, prompt, words: wanted }: CaptionInput): AlignCaptions => {
  const words = checkedWords(tokenizer, wanted ?? phrasesOf(prompt))
  const template = traits.captionTemplate ?? plainTemplate
  const form = prompt.trim() === '' ? 'alone' : 'in-prompt'
  const captions = words.map((word): WordCaptions => {
    const alone = fillCaption(template, word)
    if (form === 'alone') return { word, isAppended: true, withWord: alone, withoutWord: '', alone }
    const { withPhrase, withoutPhrase, isAppended } = contrastCaptions(tokenizer, prompt, word)
    return { word, isAppended, withWord: withPhrase, withoutWord: withoutPhrase, alone }
  })
  const missing = captions.filter(({ isAppended }) => isAppended).map(({ word }) => word)
  const whole = form === 'alone' ? fillCaption(template, missing.join(' and ')) : missing.reduce(appendWord, prompt)
  return { form, words: captions, whole }
}

/** What a prompt names, see `contentPhrases`; of the steps that a prompt with editing begins with. */
export const phrasesOf = (prompt: string): readonly string[] =>
  contentPhrases(readPrompt(prompt, { steps: 1, seed: 0n }).stages.at(0)?.segments ?? [])

const checkedWords = (tokenizer: ClipTokenizer, words: readonly string[]): readonly string[] => {
  const trimmed = words.map((word) => word.trim())
  const ids = trimmed.map((word) =>
    tokenizer
      .encode(word)
      .map(({ id }) => id)
      .join(' '),
  )
  const twice = trimmed.find((_, i) => ids.indexOf(ids[i] ?? '') !== i)
  const empty = ids.indexOf('')
  if (words.length === 0) throw badWords('no word that names anything', 'at least one', 'Name the words to look for.')
  if (words.length > mostWords) throw badWords(`${words.length} words`, `at most ${mostWords}`)
  if (empty !== -1) throw badWords(`"${words[empty] ?? ''}"`, 'a word with letters or digits')
  if (twice !== undefined) throw badWords(`"${twice}" twice`, 'each word once', 'Leave one of them out.')
  return trimmed
}

const badWords = (found: string, expected: string, remedy?: string): EngineError =>
  new EngineError('bad-argument', { where: 'words', found, expected, ...(remedy === undefined ? {} : { remedy }) })
