import { expect, it } from 'vitest'
import { groupByMemory } from './group-by-memory.ts'

it.each([
  ['all that fit together', [3, 2, 1], 6, [[3, 2, 1]]],
  [
    'a new group where the next does not fit',
    [3, 2, 2, 1],
    5,
    [
      [3, 2],
      [2, 1],
    ],
  ],
  ['one that never fits by itself', [1, 9, 1], 5, [[1], [9], [1]]],
  ['nothing', [], 5, []],
])('groups %s', (_, sizes: readonly number[], available, groups) => {
  expect(groupByMemory(sizes, (size) => size, available)).toEqual(groups)
})
