import { describe, expect, it } from 'vitest'
import { normalizeText } from '../../../engine/text/normalize-text.ts'

const codePoints = 0x110000

describe('normalizeText', () => {
  it('composes every letter of Unicode as the whole text would be', () => {
    const wrong: string[] = []
    for (let codePoint = 0; codePoint < codePoints; codePoint++) {
      const letter = String.fromCodePoint(codePoint)
      const parts = letter.normalize('NFD')
      if (parts === letter) continue
      const text = `x${parts}x`
      const expected = Array.from(text.normalize('NFC'), (composed) => composed.toLowerCase()).join('')
      if (normalizeText(text).text !== expected) wrong.push(codePoint.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['a', 'a', [0], [1]],
    ['Éa', 'éa', [0, 1], [1, 2]],
    ['E\u0301a', 'éa', [0, 2], [2, 3]],
    ['İ', 'i\u0307', [0, 0], [1, 1]],
    ['ΟΔΟΣ', 'οδοσ', [0, 1, 2, 3], [1, 2, 3, 4]],
    ['𝔘\u0301b', '𝔘\u0301b', [0, 0, 2, 3], [2, 2, 3, 4]],
  ])('says what each unit of %s was made from', (text, normalized, starts, ends) => {
    expect(normalizeText(text)).toEqual({ text: normalized, starts, ends })
  })
})
