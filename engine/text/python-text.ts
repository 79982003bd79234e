/*
 * Letters as Python's regular expressions see them: the prompt syntax was defined by a program in Python, and
 * JavaScript's \s, \d and \b mean other letters.
 */

/** White space, `\s`: Unicode's, and four separators that are none to Unicode. */
export const space = String.raw`[\p{White_Space}\x1c-\x1f]`

/** A letter of a word, `\w`. */
export const wordLetter = String.raw`[\p{L}\p{N}_]`

/** Matches a word that stands alone, `\bWORD\b`, everywhere in a text. */
export const wholeWord = (word: string): RegExp => new RegExp(`(?<!${wordLetter})${word}(?!${wordLetter})`, 'gu')

/**
 * A decimal number as Python's `float` reads it, with the digits of any script; undefined when it is none or beyond the
 * range of doubles.
 *
 * @param text sign, digits and points, optionally with an exponent; no white space
 */
export function readNumber(text: string): number | undefined {
  const digits = text.replaceAll(/\p{Nd}/gu, (digit) => `${digitValue(digit)}`)
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits)) return undefined
  const value = Number(digits)
  return Number.isFinite(value) ? value : undefined
}

/** Unicode keeps the ten digits of a script together, in order from zero, and such runs start anew after ten. */
function digitValue(digit: string): number {
  const codePoint = digit.codePointAt(0) ?? 0
  let first = codePoint
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
  return (codePoint - first) % 10
}
