import { describe, expect, it } from 'vitest'
import { unknownPlaces } from '../../../renderer/prompt/decorate-reading.ts'
import { withStyle } from '../../../renderer/prompt/use-style.ts'

describe('a style', () => {
  it.each([
    ['a cat', 'ink drawing', 'a cat, ink drawing'],
    ['a cat,', 'ink drawing', 'a cat, ink drawing'],
    ['', 'ink drawing', 'ink drawing'],
    ['a cat', 'an etching of {prompt}, fine lines', 'an etching of a cat, fine lines'],
    ['a cat, ink drawing', 'ink drawing', 'a cat, ink drawing'],
    ['a cat', ' ', 'a cat'],
  ])('makes "%s" with "%s" into "%s"', (prompt, style, expected) => {
    expect(withStyle({ prompt, negative: 'dark' }, { prompt: style, negative: '' })).toEqual({
      prompt: expected,
      negative: 'dark',
    })
  })

  it('adds to what is left out too', () => {
    const pair = withStyle({ prompt: 'a cat', negative: 'dark' }, { prompt: '', negative: 'frame' })
    expect(pair).toEqual({ prompt: 'a cat', negative: 'dark, frame' })
  })
})

describe('words that the model does not know', () => {
  const unknown = [{ word: 'gazebo', from: 2, to: 8, near: ['gaze'] }]

  it('keep their waves while something else is typed', () => {
    expect(unknownPlaces('the Gazebo, a gazebos', { unknown })).toEqual([{ from: 4, to: 10, near: ['gaze'] }])
  })
})
