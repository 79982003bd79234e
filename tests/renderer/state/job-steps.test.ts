import { describe, expect, it } from 'vitest'
import { stepsOf } from '../../../renderer/state/job-steps.ts'

describe('steps of a picture', () => {
  // 20 steps are 22 units of work: the text, the steps, the decoding.
  it.each([
    ['while the text is read', { done: 0, total: 22 }, { done: 0, total: 20 }],
    ['before the first', { done: 1, total: 22 }, { done: 0, total: 20 }],
    ['in the middle', { done: 8, total: 22 }, { done: 7, total: 20 }],
    ['while it is decoded', { done: 22, total: 22 }, { done: 20, total: 20 }],
  ])('are those that were asked for, %s', (_when, progress, expected) => {
    expect(stepsOf(progress)).toEqual(expected)
  })
})
