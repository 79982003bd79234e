import { describe, expect, it } from 'vitest'
import { explainIssue } from '../../../engine/cli/explain-issue.ts'
import { layoutSchema } from '../../../engine/contract/layout.ts'

const shape = { kind: 'box', x: 0, y: 0, width: 64, height: 64 }
const region = { id: 'a', phrase: 'a cat', shape }
const layout = (...regions: readonly object[]): object => ({ version: 1, width: 128, height: 128, regions })

const explained = (raw: unknown): string => {
  const [issue] = layoutSchema.safeParse(raw).error?.issues ?? []
  if (issue === undefined) throw new Error('this layout is sound')
  const { place, found, expected } = explainIssue(issue, raw)
  return `${place}: ${found}, expected ${expected}`
}

describe('what is wrong in a layout', () => {
  it.each<[string, unknown, string]>([
    ['no object', [1], ': [1], expected an object'],
    ['a missing field', { ...layout(), width: undefined }, 'width: nothing, expected a number'],
    ['another version', { ...layout(), version: 2 }, 'version: 2, expected 1'],
    [
      'a word for a number',
      layout({ ...region, shape: { ...shape, x: 'a' } }),
      'regions[0].shape.x: "a", expected a number',
    ],
    [
      'an unknown field',
      layout({ ...region, strenght: 1 }),
      'regions[0]: the unknown field "strenght", expected only known fields',
    ],
    [
      'an unknown shape',
      layout({ ...region, shape: { kind: 'circle' } }),
      `regions[0].shape.kind: "circle", expected 'box' | 'polygon' | 'mask'`,
    ],
    [
      'a number that is too large',
      layout({ ...region, strength: 11 }),
      'regions[0].strength: 11, expected number to be <=10',
    ],
    [
      'a path out of the folder',
      layout({ ...region, shape: { kind: 'mask', file: '../x' } }),
      'regions[0].shape.file: "../x", expected a path inside the folder',
    ],
    ['an id twice', layout(region, region), ': two regions have the same id, expected a layout without that'],
  ])('is said with its place, what was found and what would fit: %s', (_, raw, said) => {
    expect(explained(raw)).toBe(said)
  })
})
