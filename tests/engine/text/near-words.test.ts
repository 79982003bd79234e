import { describe, expect, it } from 'vitest'
import { editDistance, nearWords } from '../../../engine/text/near-words.ts'

describe('words spelt nearly alike', () => {
  it.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['teapto', 'teapot', 1],
    ['lemon', 'lemons', 1],
    ['same', 'same', 0],
  ])('"%s" and "%s" are %i steps apart', (a, b, steps) => {
    expect(editDistance(a, b)).toBe(steps)
    expect(editDistance(b, a)).toBe(steps)
  })

  const known = ['pizza', 'pear', 'teapot', 'plaza', 'lemon', 'melon']

  it.each([
    ['piza', ['pizza']],
    ['teaptos', ['teapot']],
    ['lemom', ['lemon']],
    ['melno', ['melon']],
    ['cat', []],
    ['gazebo', []],
  ])('"%s" is near %j', (word, near) => {
    expect(nearWords(word, known)).toEqual(near)
  })

  it('are at most as many as asked for, nearest first', () => {
    expect(nearWords('melone', [...known, 'felons', 'melons', 'melony'], 2)).toEqual(['melon', 'melons'])
  })
})
