import { describe, expect, it } from 'vitest'
import { chunkPrompt, type ChunkSettings } from '../../../engine/text/chunk-prompt.ts'
import { clipTokenizer } from '../../../engine/text/clip-tokenizer.ts'
import { findPhrase } from '../../../engine/text/find-phrase.ts'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { parseAttention } from '../../../engine/text/prompt-attention.ts'
import { clipFiles } from './clip-files.ts'
import { letterTokenizer } from './letter-tokenizer.ts'

const tokenizer = clipTokenizer(clipFiles())

const chunked = (prompt: string, options: Partial<ChunkSettings> = {}) =>
  chunkPrompt(tokenizer, parseAttention(mapText(prompt)).segments, { length: 77, padId: 0, ...options })
const find = (prompt: string, phrase: string, options: Partial<ChunkSettings> = {}) =>
  findPhrase(tokenizer, chunked(prompt, options), phrase)
const positions = (prompt: string, phrase: string) => find(prompt, phrase).map((found) => found.positions)

describe('findPhrase', () => {
  it.each([
    ['a red heart', 'heart', [[3]]],
    ['a red heart', 'red heart', [[2, 3]]],
    ['a red heart', 'A RED Heart', [[1, 2, 3]]],
    ['a cat and a cat', 'cat', [[2], [5]]],
    ['cat cat cat', 'cat cat', [[1, 2]]],
    ['a (red:1.3) heart', 'red heart', [[2, 3]]],
    ['a red heart', '(red:1.2) [heart]', [[2, 3]]],
    ['a catfish and a bobcat', 'cat', []],
    ['a redheart', 'heart', []],
    ['a cat', 'dog', []],
    ['a cat', '', []],
    ['a cat', ' ', []],
    ['', 'cat', []],
  ])('in "%s" finds "%s" at %j', (prompt, phrase, expected) => {
    expect(positions(prompt, phrase)).toEqual(expected)
  })

  it('says where the letters of an occurrence stand', () => {
    expect(find('a (red:1.3) heart', 'red heart')).toEqual([{ positions: [2, 3], start: 3, end: 17 }])
  })

  it('counts start and end tokens of every chunk', () => {
    expect(positions('a cat BREAK a cat BREAK cat', 'cat')).toEqual([[2], [79], [155]])
  })

  it('follows a phrase into the next chunk', () => {
    const prompt = chunkPrompt(letterTokenizer, [{ ...mapText('abcdef'), weight: 1 }], { length: 6, padId: 0 })
    expect(findPhrase(letterTokenizer, prompt, 'cde')).toEqual([{ positions: [3, 4, 7], start: 2, end: 5 }])
  })

  it('takes the place of an embedding for no word', () => {
    const embeddings = new Map([['cat', 1]])
    expect(find('a cat!', '!', { embeddings }).map((found) => found.positions)).toEqual([[3]])
    expect(find('a cat !!', '!', { embeddings })).toEqual([])
  })

  it('does not find what was cut', () => {
    expect(find('a red cat', 'cat', { length: 4, overflow: 'cut' })).toEqual([])
  })
})
