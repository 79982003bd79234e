import { describe, expect, it } from 'vitest'
import { findUnknownWords, readKnownWords } from '../../../engine/text/known-words.ts'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { parseAttention } from '../../../engine/text/prompt-attention.ts'

const known = readKnownWords('{"note": "", "words": ["a", "red", "Cat", "don\'t", "ice", "t-shirt", "café"]}')
const find = (prompt: string, embeddings: readonly string[] = []) =>
  findUnknownWords(parseAttention(mapText(prompt)).segments, known, embeddings)

describe('findUnknownWords', () => {
  it.each([
    ['a red cat', []],
    ['A RED CAT', []],
    ['a Blue cat', ['blue']],
    ['cat cats cat', ['cats']],
    ["don't", []],
    ["cat's", ['s']],
    ['red-haired', ['haired']],
    ['a t-shirt', []],
    ['red, (cat:1.3), [ice]', []],
    ['a BREAK cat', []],
    ['2 cats', ['2', 'cats']],
    ['CAFE\u0301', []],
    ['猫', ['猫']],
    ['!!! 👍🏽 ...', []],
  ])('in "%s"', (prompt, words) => {
    expect(find(prompt).map(({ word }) => word)).toEqual(words)
  })

  it('says where each word stands', () => {
    expect(find('a (\\(Blue\\):1.3) cat')).toEqual([{ word: 'blue', start: 5, end: 9 }])
  })

  it('takes the names of embeddings for known', () => {
    expect(find('a My_Style red-ink cat', ['my_style', 'red-ink'])).toEqual([])
  })
})

describe('readKnownWords', () => {
  it.each(['{', '[]', 'null', '{"words": "a"}', '{"words": [1]}'])('refuses %s', (json) => {
    expect(() => readKnownWords(json)).toThrow(expect.objectContaining({ code: 'file-malformed' }))
  })
})
