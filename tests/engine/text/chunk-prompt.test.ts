import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkPrompt, padChunks, type ChunkSettings } from '../../../engine/text/chunk-prompt.ts'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { parseAttention } from '../../../engine/text/prompt-attention.ts'
import { letterTokenizer } from './letter-tokenizer.ts'

interface Recorded {
  readonly cases: readonly {
    readonly prompt: string
    readonly commaBacktrack: number
    readonly chunks: readonly { readonly tokens: string; readonly weights: readonly number[] }[]
    readonly tokenCount: number
  }[]
}

const settings: ChunkSettings = { length: 10, padId: letterTokenizer.endId }
const chunk = (prompt: string, options: Partial<ChunkSettings> = {}) =>
  chunkPrompt(letterTokenizer, parseAttention(mapText(prompt)).segments, { ...settings, ...options })
const spelled = (ids: Int32Array): string =>
  Array.from(ids, (id) => (id === 0 ? '0' : String.fromCharCode(id))).join('')
const layout = (prompt: string, options: Partial<ChunkSettings> = {}): readonly string[] =>
  chunk(prompt, options).chunks.map(({ ids }) => spelled(ids))

describe('chunkPrompt', () => {
  it('lays prompts out as A1111 does', () => {
    const { cases } = JSON.parse(
      readFileSync(join(import.meta.dirname, 'recorded/prompt-chunks.json'), 'utf8'),
    ) as Recorded
    const embeddings = new Map([
      ['X', 2],
      ['XY', 3],
    ])
    const ours = cases.map(({ prompt, commaBacktrack }) => {
      const { chunks, tokenCount } = chunk(prompt, { commaBacktrack, embeddings })
      const laidOut = chunks.map(({ ids, weights }) => ({ tokens: spelled(ids), weights: [...weights] }))
      return { prompt, commaBacktrack, chunks: laidOut, tokenCount }
    })
    expect(cases).toHaveLength(120)
    expect(ours).toEqual(cases)
  })

  it('starts with one chunk even without a prompt', () => {
    expect(layout('')).toEqual(['^$$$$$$$$$'])
  })

  it('pads with the given id after the end token', () => {
    expect(layout('ab', { padId: 48 })).toEqual(['^ab$000000'])
  })

  it.each([
    ['moves what follows a near comma to the next chunk', 'abcde,fghi', {}, ['^abcde,$$$', '^fghi$$$$$']],
    ['parts it when the comma is too far', 'abcde,fghi', { commaBacktrack: 2 }, ['^abcde,fg$', '^hi$$$$$$$']],
    ['starts a chunk at BREAK', 'ab BREAK c', {}, ['^ab$$$$$$$', '^c$$$$$$$$']],
    ['keeps one chunk when told to cut', 'abcde,fghi', { overflow: 'cut' }, ['^abcde,fg$']],
    ['takes BREAK for nothing when told to cut', 'ab BREAK c', { overflow: 'cut' }, ['^abc$$$$$$']],
  ] as const)('%s', (_, prompt, options, expected) => {
    expect(layout(prompt, options)).toEqual(expected)
  })

  it('says what was cut', () => {
    const { dropped, tokenCount, capacity } = chunk('(abcd:1.2) efghij', { overflow: 'cut' })
    expect(dropped.map(({ start, end, weight }) => [start, end, weight])).toEqual([
      [15, 16, 1],
      [16, 17, 1],
    ])
    expect([tokenCount, capacity]).toEqual([8, 8])
  })

  it('says which letters stand at each position', () => {
    const [first] = chunk('(a\\(:2) b').chunks
    expect(first?.tokens.slice(0, 5)).toEqual([
      undefined,
      { id: 97, start: 1, end: 2, weight: 2, continues: false },
      { id: 40, start: 3, end: 4, weight: 2, continues: false },
      { id: 98, start: 8, end: 9, weight: 1, continues: false },
      undefined,
    ])
    expect([...(first?.weights ?? [])]).toEqual([1, 2, 2, 1, 1, 1, 1, 1, 1, 1])
  })

  it('leaves places for the vectors of an embedding', () => {
    const [first] = chunk('a (XY:1.5)', { embeddings: new Map([['XY', 2]]) }).chunks
    expect(spelled(first?.ids ?? new Int32Array())).toBe('^a00$$$$$$')
    const place = { id: 0, start: 3, end: 5, weight: 1.5, continues: false }
    expect(first?.tokens.slice(2, 4)).toEqual([
      { ...place, embedding: { name: 'XY', vector: 0 } },
      { ...place, embedding: { name: 'XY', vector: 1 } },
    ])
  })

  it('refuses an embedding that fits no chunk', () => {
    expect(() => chunk('X', { embeddings: new Map([['X', 9]]) })).toThrow(/the embedding "X" with 9 vectors/)
  })

  it('adds empty chunks so that both sides of guidance have the same number', () => {
    const short = chunk('ab')
    expect(padChunks(letterTokenizer, short, 2, settings)).toEqual({
      ...short,
      chunks: [...short.chunks, ...chunk('').chunks],
      capacity: 16,
    })
    expect(padChunks(letterTokenizer, short, 0, settings)).toEqual(short)
  })

  it('keeps every token once and in order', () => {
    const letters = fc.stringMatching(/^[a-z, ]{0,80}$/)
    fc.assert(
      fc.property(
        letters,
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        (prompt, length, comma) => {
          const { chunks } = chunk(prompt, { length, commaBacktrack: comma })
          const content = chunks.flatMap(({ tokens }) =>
            tokens.flatMap((token) => (token === undefined ? [] : [token])),
          )
          expect(content.map(({ start }) => prompt.charAt(start)).join('')).toBe(prompt.replaceAll(' ', ''))
          for (const { ids } of chunks) expect(ids).toHaveLength(length)
        },
      ),
    )
  })
})
