import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePairs, type Merges } from '../../../engine/text/merge-pairs.ts'

/** Ids are numbers below 100 for symbols; the merge of rank r makes 100 + r. */
const mergesOf = (pairs: readonly (readonly [number, number])[]): Merges => {
  const ranks = new Map(pairs.map(([left, right], rank) => [`${left} ${right}`, rank]))
  return { rankOf: (left, right) => ranks.get(`${left} ${right}`), mergedId: (rank) => 100 + rank }
}

/** The definition: again and again the leftmost pair of the lowest rank. */
const mergeSlowly = (symbols: readonly number[], { rankOf, mergedId }: Merges): readonly number[] => {
  const ids = [...symbols]
  for (;;) {
    const ranks = ids.slice(1).map((right, i) => rankOf(ids[i] ?? -1, right) ?? Infinity)
    const lowest = Math.min(...ranks)
    if (!Number.isFinite(lowest)) return ids
    ids.splice(ranks.indexOf(lowest), 2, mergedId(lowest))
  }
}

describe('mergePairs', () => {
  it.each([
    ['nothing', [], []],
    ['one symbol', [1], [[1, 0, 1]]],
    [
      'a pair that does not merge',
      [1, 3],
      [
        [1, 0, 1],
        [3, 1, 2],
      ],
    ],
    [
      'the lowest rank first',
      [1, 2, 3],
      [
        [1, 0, 1],
        [100, 1, 3],
      ],
    ],
    [
      'what merges made',
      [1, 2, 3, 3],
      [
        [1, 0, 1],
        [102, 1, 4],
      ],
    ],
    [
      'the leftmost of equals',
      [3, 3, 3],
      [
        [103, 0, 2],
        [3, 2, 3],
      ],
    ],
  ])('merges %s', (_, symbols, expected) => {
    const merges = mergesOf([
      [2, 3],
      [1, 2],
      [100, 3],
      [3, 3],
    ])
    expect(mergePairs(symbols, merges).map(({ id, start, end }) => [id, start, end])).toEqual(expected)
  })

  it('gives what repeated passes give', () => {
    const id = fc.integer({ min: 0, max: 3 })
    const pair = fc.tuple(
      fc.oneof(id, fc.integer({ min: 100, max: 104 })),
      fc.oneof(id, fc.integer({ min: 100, max: 104 })),
    )
    fc.assert(
      fc.property(
        fc.array(id, { maxLength: 30 }),
        fc.uniqueArray(pair, { selector: String, maxLength: 8 }),
        (symbols, pairs) => {
          const merges = mergesOf(pairs)
          const runs = mergePairs(symbols, merges)
          expect(runs.map((run) => run.id)).toEqual(mergeSlowly(symbols, merges))
          expect(runs.map(({ start }) => start)).toEqual([0, ...runs.map(({ end }) => end)].slice(0, runs.length))
        },
      ),
    )
  })
})
