import { describe, expect, it } from 'vitest'
import { articleOf, withoutArticle } from '../../../engine/text/article.ts'

describe('articleOf', () => {
  it.each([
    'cat',
    'red apple',
    'unicorn',
    'uniform',
    'ukulele',
    'user',
    'European city',
    'one-eyed owl',
    'yellow bus',
    'UFO',
    '猫',
    '',
  ])('gives a for "%s"', (phrase) => {
    expect(articleOf(phrase)).toBe('a')
  })

  it.each([
    'apple',
    'umbrella',
    'octopus',
    'ice cream',
    'orange cat',
    'hour',
    'honest face',
    'unidentified bird',
    'X-ray',
    '8-bit cat',
    'éclair',
    ' owl',
  ])('gives an for "%s"', (phrase) => {
    expect(articleOf(phrase)).toBe('an')
  })
})

describe('withoutArticle', () => {
  it.each([
    ['a cat', 'cat'],
    ['An  old cat', 'old cat'],
    ['the cat', 'cat'],
    ['cat', 'cat'],
    ['a', 'a'],
    ['anchor', 'anchor'],
  ])('of "%s" is "%s"', (phrase, expected) => {
    expect(withoutArticle(phrase)).toBe(expected)
  })
})
