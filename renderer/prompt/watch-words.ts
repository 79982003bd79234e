import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

interface WordListeners {
  /** The word under the pointer that the picture says something of; null when there is none. */
  readonly onpeek: (word: string | null) => void
  readonly onpin: (word: string) => void
}

/** A pointer that only passes shows nothing. */
const restMs = 120

/** Tells of the marked word under the pointer, once it rests there, and of the one that is clicked. */
export function watchWords({ onpeek, onpin }: WordListeners): Extension {
  let over: string | null = null
  let wait: ReturnType<typeof setTimeout> | undefined
  const rest = (word: string | null): void => {
    if (word === over) return
    over = word
    clearTimeout(wait)
    if (word === null) onpeek(null)
    else
      wait = setTimeout(() => {
        onpeek(word)
      }, restMs)
  }
  return EditorView.domEventHandlers({
    mousemove: ({ target }) => {
      rest(wordOf(target))
    },
    mouseleave: () => {
      rest(null)
    },
    click: ({ target }, view) => {
      const word = wordOf(target)
      // Whoever selects text means the text.
      if (word === null || !view.state.selection.main.empty) return
      rest(null)
      onpin(word)
    },
  })
}

const wordOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest<HTMLElement>('[data-word]')?.dataset['word'] ?? null) : null
