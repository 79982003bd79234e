import { describe, expect, it } from 'vitest'
import type { Token } from '../../../engine/text/clip-tokenizer.ts'
import { fitToLength } from '../../../engine/text/fit-to-length.ts'

const ends = { startId: 100, endId: 101 }
const tokens = (...ids: readonly number[]): readonly Token[] =>
  ids.map((id, i) => ({ id, start: i, end: i + 1, continues: false }))

describe('fitToLength', () => {
  it.each([
    ['pads what is short', [1, 2], [100, 1, 2, 101, 0, 0], []],
    ['fills the length', [1, 2, 3, 4], [100, 1, 2, 3, 4, 101], []],
    ['cuts what is long and returns it', [1, 2, 3, 4, 5, 6], [100, 1, 2, 3, 4, 101], [5, 6]],
    ['takes no tokens', [], [100, 101, 0, 0, 0, 0], []],
  ])('%s', (_, ids, fitted, dropped) => {
    const found = fitToLength(ends, tokens(...ids), { length: 6, padId: 0 })
    expect([...found.ids]).toEqual(fitted)
    expect(found.dropped.map(({ id }) => id)).toEqual(dropped)
  })
})
