import type { Range } from '@codemirror/state'
import { Decoration, WidgetType } from '@codemirror/view'
import type { PromptReading } from '../../engine/contract/prompt-records.ts'

/** How the model reads the sentence. */
export interface TextReading {
  /** Null until it is known. */
  readonly reading: PromptReading | null
  /** The text that was read; while somebody types, the sentence is ahead of it. */
  readonly readText: string
  readonly explainUnknown: (word: string, near: readonly string[]) => string
  readonly explainChunk: string
}

class ChunkWidget extends WidgetType {
  readonly #tip: string

  constructor(tip: string) {
    super()
    this.#tip = tip
  }

  override eq(other: ChunkWidget): boolean {
    return other.#tip === this.#tip
  }

  override toDOM(): HTMLElement {
    const bar = document.createElement('span')
    bar.className = 'chunkmark'
    bar.dataset['tip'] = this.#tip
    return bar
  }
}

/** Waves under words that the model was never taught, and a bar where it begins another chunk. */
export const decorateReading = (
  text: string,
  { reading, readText, explainUnknown, explainChunk }: TextReading,
): readonly Range<Decoration>[] =>
  reading === null
    ? []
    : [
        ...unknownPlaces(text, reading).map(({ from, to, near }) =>
          Decoration.mark({
            class: 'w unknown',
            attributes: { 'data-tip': explainUnknown(text.slice(from, to), near) },
          }).range(from, to),
        ),
        ...reading.chunkStarts
          .filter((at) => at <= text.length && text.slice(0, at) === readText.slice(0, at))
          .map((at) => Decoration.widget({ widget: new ChunkWidget(explainChunk), side: -1 }).range(at)),
      ]

interface UnknownPlace {
  readonly from: number
  readonly to: number
  readonly near: readonly string[]
}

/** Every place of the words that were unknown when the text was read: typing elsewhere does not make them flicker. */
export function unknownPlaces(text: string, { unknown }: Pick<PromptReading, 'unknown'>): readonly UnknownPlace[] {
  const known = new Map(unknown.map(({ word, near }) => [word, near]))
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].flatMap((match): UnknownPlace[] => {
    const near = known.get(match[0].toLowerCase())
    return near === undefined ? [] : [{ from: match.index, to: match.index + match[0].length, near }]
  })
}
