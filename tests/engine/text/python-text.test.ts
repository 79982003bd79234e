import { describe, expect, it } from 'vitest'
import { readNumber, space, wholeWord } from '../../../engine/text/python-text.ts'

describe('readNumber', () => {
  it.each([
    ['1', 1],
    ['-1.5', -1.5],
    ['+.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['٣', 3],
    ['１.５', 1.5],
    ['𝟡', 9],
    ['০.৭', 0.7],
  ])('reads %s', (text, value) => {
    expect(readNumber(text)).toBe(value)
  })

  it.each(['', '.', '1.1.1', '--1', '1,5', 'a', 'Infinity', '0x10', '9'.repeat(400), '½'])(
    'does not read %s',
    (text) => {
      expect(readNumber(text)).toBeUndefined()
    },
  )
})

describe('white space and words', () => {
  it('knows the white space of Python', () => {
    const isSpace = new RegExp(`^${space}$`, 'u')
    const found = Array.from({ length: 0x10000 }, (_, i) => i).filter((i) => isSpace.test(String.fromCharCode(i)))
    // [c for c in range(0x10000) if chr(c).isspace()]
    const python = [9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 133, 160, 5760, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]
    const quads = Array.from({ length: 11 }, (_, i) => 0x2000 + i)
    expect(found).toEqual([...python, ...quads].sort((a, b) => a - b))
  })

  it.each([
    ['a BREAK b', 1],
    ['BREAK', 1],
    ['a,BREAK,b BREAK', 2],
    ['éBREAK BREAK日 BREAK_ 1BREAK break', 0],
  ])('finds the word that stands alone in "%s"', (text, count) => {
    expect(text.match(wholeWord('BREAK')) ?? []).toHaveLength(count)
  })
})
