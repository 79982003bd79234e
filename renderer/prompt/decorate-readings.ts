import type { Range } from '@codemirror/state'
import { Decoration } from '@codemirror/view'
import type { WordMark } from '../alignment/word-marks.ts'
import type { PhraseSpan } from './find-phrase.ts'
import { placeMarks, unreadWords } from './place-marks.ts'

/** What is known of the shown picture. */
export interface Readings {
  readonly marks: readonly WordMark[]
  /** What the picture was asked to show. */
  readonly pictured: string
  /** Words whose heat map is pinned. */
  readonly pinned: string | null
  readonly explainMark: (mark: WordMark) => string
  readonly explainUnread: (word: string) => string
}

/**
 * Lines under the words that the picture was asked for: as full as the word is there, dotted where it was ignored, dashed
 * where nothing is known. Without a picture there are none.
 *
 * @param linked  phrases of regions, which have lines of their own
 */
export function decorateReadings(
  text: string,
  linked: readonly PhraseSpan[],
  { marks, pictured, pinned, explainMark, explainUnread }: Readings,
): readonly Range<Decoration>[] {
  if (marks.length === 0) return []
  const placed = placeMarks(text, marks, linked)
  const read = placed.map(({ from, to, mark }) =>
    Decoration.mark({
      class: ['w', ...classesOf(mark), ...(mark.word === pinned ? ['pin'] : [])].join(' '),
      attributes: { 'data-word': mark.word, 'data-share': String(mark.fill), 'data-tip': explainMark(mark) },
    }).range(from, to),
  )
  const unread = unreadWords(text, pictured, [...placed, ...linked]).map(({ from, to }) =>
    Decoration.mark({
      class: 'w stale',
      attributes: { 'data-tip': explainUnread(text.slice(from, to)) },
    }).range(from, to),
  )
  return [...read, ...unread]
}

/** A quick reading has a thin line; an ignored word none. */
export const classesOf = ({ score }: WordMark): readonly string[] =>
  score === null ? ['quick'] : score.verdict === 'ignored' ? ['ignored'] : []
