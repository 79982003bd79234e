import { describe, expect, it } from 'vitest'
import { imageQuerySchema } from '../../../engine/contract/image-records.ts'
import { dateRange } from '../../../renderer/gallery/date-range.ts'
import { nameToken } from '../../../renderer/gallery/name-token.ts'
import {
  parseSearch,
  searchTokens,
  splitSearch,
  tokenNames,
  writeToken,
} from '../../../renderer/gallery/parse-search.ts'
import { languages } from '../../../renderer/text/messages.ts'

const now = new Date(2026, 10, 28, 12)
const at = (year: number, month: number, day: number): number => new Date(year, month - 1, day).getTime()

describe('a search', () => {
  it.each([
    ['castle', { text: 'castle' }],
    ['castle stars:4', { text: 'castle', leastRating: 4 }],
    ['stars:none lake', { text: 'lake', isRated: false }],
    ['stars:9 lake', { text: 'stars:9 lake' }],
    ['lake stars:', { text: 'lake' }],
    ['flag:pick', { flag: 'pick' }],
    ['model:dusk', { model: 'dusk' }],
    ['model:"dusk v3" a lake', { model: 'dusk v3', text: 'a lake' }],
    ['model:"dusk v', { model: 'dusk v' }],
    ['seed:40712218', { seed: '40712218' }],
    ['seed:-1 x', { text: 'seed:-1 x' }],
    ['ignored:lantern', { ignored: 'lantern' }],
    ['ignored:any', { ignored: '' }],
    ['obeyed:no', { obeysRegions: false }],
    ['obeyed:ja', { obeysRegions: true }],
    ['date:2026-11-28', { fromMs: at(2026, 11, 28), toMs: at(2026, 11, 29) - 1 }],
    ['date:2026-11', { fromMs: at(2026, 11, 1), toMs: at(2026, 12, 1) - 1 }],
    ['datum:gestern', { fromMs: at(2026, 11, 27), toMs: at(2026, 11, 28) - 1 }],
    ['after:2026-01-31 before:today', { fromMs: at(2026, 1, 31), toMs: at(2026, 11, 28) - 1 }],
    ['before:2026-02-31 x', { text: 'before:2026-02-31 x' }],
    ['Sterne:3 Modell:dusk Startwert:7', { leastRating: 3, model: 'dusk', seed: '7' }],
    ['-lake "red boat" tag:cover', { text: '-lake "red boat"', tag: 'cover' }],
    ['https://example.org', { text: 'https://example.org' }],
    ['(lake:1.2)', { text: '(lake:1.2)' }],
    ['stars:3 stars:5', { leastRating: 5 }],
    ['   ', {}],
  ])('%s', (search, expected) => {
    const query = parseSearch(search, now)
    expect(query).toEqual(expected)
    expect(imageQuerySchema.safeParse(query).success).toBe(true)
  })

  it('knows where its tokens stand', () => {
    expect(searchTokens('a stars:4 model:"dusk v3"')).toEqual([
      { from: 2, to: 9, text: 'stars:4', name: 'stars', value: '4' },
      { from: 10, to: 25, text: 'model:"dusk v3"', name: 'model', value: 'dusk v3' },
    ])
  })

  it('lets tokens go that a space has ended, and all of them when typing is over', () => {
    const texts = (typed: string, isOver: boolean) => {
      const { tokens, rest } = splitSearch(typed, { isOver })
      return [tokens.map(({ text }) => text), rest]
    }
    expect(texts('lake stars:4', false)).toEqual([[], 'lake stars:4'])
    expect(texts('lake stars:4 ', false)).toEqual([['stars:4'], 'lake '])
    expect(texts('lake stars:4', true)).toEqual([['stars:4'], 'lake '])
    expect(texts('stars:9 lake', true)).toEqual([[], 'stars:9 lake'])
  })

  it('reads what it writes, and has words for it in every language', () => {
    const values = { stars: ['4', 'none'], flag: ['pick', 'reject'], model: ['dusk v3'], seed: ['7'], ignored: ['lantern', 'any'], obeyed: ['yes', 'no'], date: ['today', 'yesterday', 'week', 'month', '2026-11'], after: ['2026-01-31'], before: ['2026'], tag: ['cover'] } // prettier-ignore
    for (const name of tokenNames) {
      for (const value of values[name]) {
        expect(searchTokens(writeToken(name, value), now)).toMatchObject([{ name, value }])
        for (const catalogue of Object.values(languages)) {
          expect(catalogue[nameToken({ name, value }).key]).not.toBe('')
        }
      }
    }
  })
})

describe('a date', () => {
  it.each([
    ['2026', at(2026, 1, 1), at(2027, 1, 1)],
    ['2024-2', at(2024, 2, 1), at(2024, 3, 1)],
    ['2024-02-29', at(2024, 2, 29), at(2024, 3, 1)],
    ['today', at(2026, 11, 28), at(2026, 11, 29)],
    ['week', at(2026, 11, 22), at(2026, 11, 29)],
    ['Monat', at(2026, 11, 1), at(2026, 12, 1)],
  ])('%s', (text, fromMs, toMs) => {
    expect(dateRange(text, now)).toEqual({ fromMs, toMs })
  })

  it.each(['', '26', '2026-13', '2026-02-30', '2026-11-', 'someday', '2026-11-28T12'])('is not %j', (text) => {
    expect(dateRange(text, now)).toBeUndefined()
  })
})
