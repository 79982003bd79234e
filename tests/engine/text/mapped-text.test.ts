import { describe, expect, it } from 'vitest'
import { joinMapped, mapText, mapTextTo, sliceMapped, spanOf } from '../../../engine/text/mapped-text.ts'

describe('a text that knows where it came from', () => {
  const text = joinMapped([
    sliceMapped(mapText('a __x__ b'), 0, 2),
    mapTextTo('cat', 2, 7),
    sliceMapped(mapText('a __x__ b'), 7),
  ])

  it('is joined from parts of the original and of what was inserted', () => {
    expect(text).toEqual({ text: 'a cat b', starts: [0, 1, 2, 2, 2, 7, 8], ends: [1, 2, 7, 7, 7, 8, 9] })
  })

  it('keeps its places when it is cut', () => {
    expect(sliceMapped(text, 4, 6)).toEqual({ text: 't ', starts: [2, 7], ends: [7, 8] })
  })

  it.each([
    [0, 1, { start: 0, end: 1 }],
    [2, 5, { start: 2, end: 7 }],
    [3, 7, { start: 2, end: 9 }],
  ])('says which span units %i to %i stand for', (from, to, span) => {
    expect(spanOf(text, from, to)).toEqual(span)
  })

  it('may be empty', () => {
    expect(joinMapped([])).toEqual(mapText(''))
  })
})
