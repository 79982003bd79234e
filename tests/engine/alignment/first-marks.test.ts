import { describe, expect, it } from 'vitest'
import { FirstMarks } from '../../../engine/alignment/first-marks.ts'
import { attentionMap } from './attention-maps.ts'

const words = [
  { word: 'cat', tokens: [1, 2] },
  { word: 'pizza', tokens: [3] },
]
const pass = (...rows: (readonly number[])[]) => [attentionMap('up_blocks.0', [1, 2], rows)]

describe('FirstMarks', () => {
  it('knows nothing before it has seen a pass', () => {
    expect(new FirstMarks(words).marks()).toEqual([])
  })

  it('is the mean over passes and tokens; shares are parts of what the words got together', () => {
    const marks = new FirstMarks(words)
    marks.add(pass([0.1, 0.5, 0.25, 0.125], [0.5, 0, 0, 0.375]))
    marks.add(pass([0.1, 0.25, 0.5, 0.125], [0.5, 0, 0, 0.125]))
    const [cat, pizza] = marks.marks()
    expect(Array.from(cat?.map.data ?? [])).toEqual([0.375, 0])
    expect(Array.from(pizza?.map.data ?? [])).toEqual([0.125, 0.25])
    expect([cat?.share, pizza?.share]).toEqual([0.5, 0.5])
  })

  it('brings layers of different sizes to the largest', () => {
    const marks = new FirstMarks([{ word: 'cat', tokens: [0] }])
    marks.add([
      attentionMap('down_blocks.0', [2, 2], [[0.2], [0.2], [0.4], [0.4]]),
      attentionMap('up_blocks.0', [1, 1], [[0.6]]),
    ])
    const [cat] = marks.marks()
    expect(cat?.map.shape).toEqual([2, 2])
    expect(Array.from(cat?.map.data ?? [], (value) => Math.round(value * 1e6) / 1e6)).toEqual([0.4, 0.4, 0.5, 0.5])
    expect(cat?.share).toBe(1)
  })

  it('has shares of 0, not NaN, when nothing was looked at', () => {
    const marks = new FirstMarks(words)
    marks.add(pass([1, 0, 0, 0], [1, 0, 0, 0]))
    expect(marks.marks().map(({ share }) => share)).toEqual([0, 0])
  })

  it('refuses a map that holds no numbers', () => {
    expect(() => {
      new FirstMarks(words).add(pass([0, NaN, 0, 0], [0, 0, 0, 0]))
    }).toThrow('attention map of up_blocks.0: a probability that is not a number')
  })
})
