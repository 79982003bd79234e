import { mapText, type MappedText } from './mapped-text.ts'

/**
 * What canonical composition may join: a letter with the marks that follow it, conjoining Hangul letters to a syllable,
 * and the vowels of Kirat Rai, which compose although they are no marks.
 */
const composable =
  /(?:[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]|[\u{16d63}\u{16d67}\u{16d69}]\u{16d67}+|[^])\p{M}*/gu

/**
 * A text as CLIP reads it: composed (NFC), then lower case letter by letter, so that a final Σ is σ and İ is i + U+0307.
 * Letters that composition joined stand for all of what they were made from.
 */
export function normalizeText(text: string): MappedText {
  // In ASCII each letter stays where it is.
  if (/^[\0-\x7f]*$/.test(text)) return { ...mapText(text), text: text.toLowerCase() }
  const parts: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  const append = (letter: string, start: number, end: number): void => {
    const lower = letter.toLowerCase()
    parts.push(lower)
    for (let unit = 0; unit < lower.length; unit++) {
      starts.push(start)
      ends.push(end)
    }
  }
  for (const { 0: written, index } of text.matchAll(composable)) {
    const composed = written.normalize('NFC')
    const isChanged = composed !== written
    let start = index
    for (const letter of composed) {
      if (isChanged) append(letter, index, index + written.length)
      else append(letter, start, start + letter.length)
      start += letter.length
    }
  }
  return { text: parts.join(''), starts, ends }
}
