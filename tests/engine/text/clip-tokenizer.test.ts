import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipTokenizer, longestText } from '../../../engine/text/clip-tokenizer.ts'
import { clipFiles } from './clip-files.ts'

interface Recorded {
  readonly rows: readonly { readonly text: string; readonly ids: readonly number[] }[]
}

const tokenizer = clipTokenizer(clipFiles())
const idsOf = (text: string): readonly number[] => tokenizer.encode(text).map(({ id }) => id)
const spelled = (text: string): readonly string[] =>
  tokenizer.encode(text).map(({ start, end }) => text.slice(start, end))

/** Words, marks, emoji, Hangul letters, special tokens and everything else, next to each other. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('red ', "don't", 'É', 'e\u0301', 'a\u0323\u0301', 'Σ', 'İ', '\u1112\u1161\u11ab', '👩‍👧'),
      fc.constantFrom('<|endoftext|>', '<|EndOfText|>', '<|startoftext|>', '|>', '<|', '½', '\u0085', '\ufeff'),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

describe('clipTokenizer', () => {
  it("gives the recorded ids on CLIP's own vocabulary", () => {
    const path = join(import.meta.dirname, 'recorded/clip-vocabulary.json')
    const { rows } = JSON.parse(readFileSync(path, 'utf8')) as Recorded
    const ours = rows.map(({ text }) => ({ text, ids: [tokenizer.startId, ...idsOf(text), tokenizer.endId] }))
    expect(rows).toHaveLength(285)
    expect(ours).toEqual(rows)
  })

  it('knows how many rows the token embedding has', () => {
    expect(tokenizer).toMatchObject({ startId: 49406, endId: 49407, vocabularySize: 49408 })
  })

  it.each([
    ['words apart', 'A  Red heart', ['A', 'Red', 'heart']],
    ['one word of several tokens', 'Attunement', ['At', 'tune', 'ment']],
    ['letters that composition joins', 'cafe\u0301s', ['caf', 'e\u0301s']],
    ['one letter of several tokens', '𝔘', ['𝔘', '𝔘', '𝔘']],
    ['a letter that grows in lower case', 'İx', ['İ', 'İ', 'x']],
    ['special tokens', 'a<|endoftext|> Red', ['a', '<|endoftext|>', 'Red']],
    ['Hangul letters', '\u1112\u1161\u11ab!', ['\u1112\u1161\u11ab', '\u1112\u1161\u11ab', '!']],
  ])('says where each token stands: %s', (_, text, expected) => {
    expect(spelled(text)).toEqual(expected)
  })

  it('covers every letter that is no white space, in order', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = tokenizer.encode(text)
        const covered = new Set<number>()
        let last = 0
        for (const { start, end } of tokens) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          last = start
          for (let unit = start; unit < end; unit++) covered.add(unit)
        }
        for (const { 0: letter, index } of text.matchAll(/\P{White_Space}/gu))
          for (let unit = index; unit < index + letter.length; unit++) expect(covered).toContain(unit)
      }),
    )
  })

  it('encodes what it decoded to the same ids', () => {
    const word = fc.stringMatching(/^(?:[a-z]{1,12}|[à-ö]{1,3}|[0-9]|日本|[,.!?]{1,3})$/)
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join(' ')
        expect(tokenizer.decode(idsOf(text))).toBe(text)
      }),
    )
  })

  it('decodes any text to the same words, composed and in lower case', () => {
    const squeeze = (text: string): string => text.replaceAll(/\p{White_Space}/gu, '')
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('<|'))
    fc.assert(
      fc.property(plain, (text) => {
        const lower = Array.from(text.toWellFormed().normalize('NFC'), (letter) => letter.toLowerCase()).join('')
        expect(squeeze(tokenizer.decode(idsOf(text)))).toBe(squeeze(lower))
      }),
    )
  })

  it('marks the tokens whose word goes on', () => {
    const tokens = tokenizer.encode('attunement heart')
    expect(tokens.map(({ continues }) => continues)).toEqual([true, true, false, false])
  })

  it('takes long hostile texts in time that grows with their length', () => {
    const letters = Array.from({ length: longestText }, (_, i) => String.fromCharCode(97 + ((i * 7919) % 26))).join('')
    const hostile = ['a'.repeat(longestText), letters, '!?'.repeat(longestText / 2), 'é\u0323'.repeat(longestText / 2)]
    const started = performance.now()
    const counts = hostile.map((text) => tokenizer.encode(text).length)
    expect(Math.min(...counts)).toBeGreaterThan(1000)
    // 0.2 s here; merging by repeated passes over the word takes minutes
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('refuses a text beyond its limit', () => {
    expect(() => tokenizer.encode('a'.repeat(longestText + 1))).toThrow(
      expect.objectContaining({ code: 'prompt-invalid' }),
    )
  })

  it.each([
    ['text that is not JSON', '{"a":', '#version: 0.2\n'],
    ['a list', '["a"]', ''],
    ['an id that is no number', '{"a": "1"}', ''],
    ['an id that is no whole number', '{"a": 1.5}', ''],
    ['a negative id', '{"a": -1}', ''],
    ['a vocabulary without the special tokens', '{"a": 0}', ''],
    ['a line of one token', '{"<|startoftext|>": 0, "<|endoftext|>": 1}', '#version: 0.2\nab\n'],
    ['a line of three tokens', '{"<|startoftext|>": 0, "<|endoftext|>": 1}', 'a b c\n'],
  ])('refuses %s', (_, vocabulary, merges) => {
    expect(() => clipTokenizer({ vocabulary, merges })).toThrow(expect.objectContaining({ code: 'file-malformed' }))
  })

  it('reads files with the line ends of Windows', () => {
    const { vocabulary, merges } = clipFiles()
    const { encode } = clipTokenizer({ vocabulary, merges: merges.replaceAll('\n', '\r\n') })
    expect(encode('attunement of hearts').map(({ id }) => id)).toEqual(idsOf('attunement of hearts'))
  })

  it('names a merge that makes no token of the vocabulary', () => {
    const vocabulary = '{"<|startoftext|>": 0, "<|endoftext|>": 1, "a": 2, "b</w>": 3}'
    const { encode } = clipTokenizer({ vocabulary, merges: 'a b</w>\n' })
    expect(() => encode('ab')).toThrow(/a merge of "a" and "b<\/w>"/)
  })
})
