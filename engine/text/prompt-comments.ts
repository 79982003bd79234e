import { joinMapped, mapTextTo, sliceMapped, spanOf, type MappedText } from './mapped-text.ts'
import type { PromptNote } from './prompt-note.ts'

/** A prompt after one pass over its syntax, and what there was to say. */
export interface PromptPass {
  readonly text: MappedText
  readonly notes: readonly PromptNote[]
}

/**
 * Leaves out comments: from `#` to the end of its line, which stays a line's end. `\#` is no comment.
 *
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `comments.py`, which knows no escape
 */
export function stripComments(prompt: MappedText): PromptPass {
  const parts: MappedText[] = []
  const notes: PromptNote[] = []
  let kept = 0
  for (const { 0: piece, index } of prompt.text.matchAll(/\\[^]|#[^\n]*/g)) {
    if (piece.startsWith('\\')) continue
    const span = spanOf(prompt, index, index + piece.length)
    parts.push(sliceMapped(prompt, kept, index), mapTextTo('\n', span.start, span.end))
    notes.push({ kind: 'comment', text: piece, ...span })
    kept = index + piece.length
  }
  return { text: joinMapped([...parts, sliceMapped(prompt, kept)]), notes }
}
