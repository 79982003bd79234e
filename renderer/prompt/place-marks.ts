import type { WordMark } from '../alignment/word-marks.ts'
import { contentWords, findPhrase, type PhraseSpan } from './find-phrase.ts'

export interface PlacedMark extends PhraseSpan {
  readonly mark: WordMark
}

/**
 * Where the words of the picture stand in the sentence, in its order. What belongs to a region or to a longer phrase is
 * left to it: no letter is marked twice.
 *
 * @param taken  spans that are marked otherwise
 */
export function placeMarks(
  text: string,
  marks: readonly WordMark[],
  taken: readonly PhraseSpan[],
): readonly PlacedMark[] {
  const placed: PlacedMark[] = []
  const longestFirst = marks.toSorted((a, b) => b.word.length - a.word.length)
  for (const mark of longestFirst) {
    for (const span of findPhrase(text, mark.word)) {
      const free = withoutSpans(span, [...taken, ...placed])
      placed.push(...free.flatMap((part) => trimmed(text, part)).map((part) => ({ ...part, mark })))
    }
  }
  return placed.sort((a, b) => a.from - b.from)
}

/** Words that could be seen in a picture but that it was not asked for: written since. */
export function unreadWords(text: string, prompt: string, known: readonly PhraseSpan[]): readonly PhraseSpan[] {
  const asked = new Set(contentWords(prompt).map(({ from, to }) => prompt.slice(from, to).toLowerCase()))
  return contentWords(text).filter(
    ({ from, to }) =>
      !asked.has(text.slice(from, to).toLowerCase()) && known.every((span) => span.to <= from || span.from >= to),
  )
}

function withoutSpans(span: PhraseSpan, taken: readonly PhraseSpan[]): readonly PhraseSpan[] {
  let parts: readonly PhraseSpan[] = [span]
  for (const { from, to } of taken) {
    parts = parts.flatMap((part) =>
      part.to <= from || part.from >= to
        ? [part]
        : [
            { from: part.from, to: from },
            { from: to, to: part.to },
          ].filter((rest) => rest.to > rest.from),
    )
  }
  return parts
}

function trimmed(text: string, { from, to }: PhraseSpan): readonly PhraseSpan[] {
  const part = text.slice(from, to)
  const start = from + part.length - part.trimStart().length
  const end = to - (part.length - part.trimEnd().length)
  return end > start ? [{ from: start, to: end }] : []
}
