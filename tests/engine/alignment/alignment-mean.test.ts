import { describe, expect, it } from 'vitest'
import { AlignmentMean } from '../../../engine/alignment/alignment-mean.ts'
import { attentionMap } from './attention-maps.ts'

const places = (...data: number[]) => ({ shape: [2, 2], data: Float32Array.from(data) })

describe('AlignmentMean', () => {
  it('averages levels, and layers with the weights of its choice', () => {
    const mean = new AlignmentMean([{ word: 'cat', tokens: [0] }], 'up')
    const level = (value: number) => ({
      words: [attentionMap('down_blocks.0', [1, 2], [[9], [9]]), attentionMap('up_blocks.0', [1, 2], [[value], [0]])],
      places: { height: 1, width: 2, all: places(value, 0, 0, 1), up: places(1, 0, 0, value) },
    })
    mean.add(level(1))
    mean.add(level(3))
    expect(mean.mean()).toEqual({
      words: [{ shape: [1, 2], data: Float32Array.of(2, 0) }],
      places: { height: 1, width: 2, all: places(2, 0, 0, 1), up: places(1, 0, 0, 2) },
    })
  })

  it('does without places, at the size of the largest map', () => {
    const mean = new AlignmentMean([{ word: 'cat', tokens: [0] }], 'up')
    mean.add({
      words: [attentionMap('up_blocks.0', [1, 1], [[1]]), attentionMap('up_blocks.1', [1, 3], [[3], [3], [3]])],
    })
    expect(mean.mean()).toEqual({ words: [{ shape: [1, 3], data: Float32Array.of(2, 2, 2) }] })
  })

  it('leaves the maps that it is given as they are', () => {
    const mean = new AlignmentMean([{ word: 'cat', tokens: [0] }], 'up')
    const level = {
      words: [attentionMap('up_blocks.0', [1, 2], [[1], [0]])],
      places: { height: 1, width: 2, all: places(1, 0, 0, 1), up: places(1, 0, 0, 1) },
    }
    mean.add(level)
    mean.add(level)
    expect(level.places.all).toEqual(places(1, 0, 0, 1))
  })
})
