/** What a prompt says that is not done, or not as a reader may expect. */
export type PromptNoteKind =
  /** From # to the end of the line: not read. */
  | 'comment'
  /** A bracket that nothing closes; it counts up to the end of the prompt. */
  | 'unclosed-bracket'
  /** A closing bracket that nothing opened; it is plain text. */
  | 'unopened-bracket'
  /** A weight that is no number, such as 1,5; the letters are plain text. */
  | 'unreadable-weight'
  /** BREAK inside brackets is the word with a negative weight and starts no chunk. */
  | 'break-in-brackets'
  /** Upright strokes outside square brackets: none of the prompt's [from:to:when] and [a|b] are read. */
  | 'schedule-unreadable'
  /** AND between prompts is not supported and is the plain word. */
  | 'composable'
  /** A brace that nothing closes or opened; it is plain text. */
  | 'unmatched-brace'
  /** A wildcard without a list; it is plain text. */
  | 'unknown-wildcard'
  /** A network in angle brackets other than lora; it is left out. */
  | 'unknown-network'
  /** A LoRA whose strength is no number; it is left out. */
  | 'unreadable-strength'
  /** A part of a network in angle brackets that is not read, such as block weights. */
  | 'unread-option'

/** A remark on one span of the prompt as it was typed, in UTF-16 units, end exclusive. */
export interface PromptNote {
  readonly kind: PromptNoteKind
  /** The letters it is about. */
  readonly text: string
  readonly start: number
  readonly end: number
}
