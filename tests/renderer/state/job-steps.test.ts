import { describe, expect, it } from 'vitest'
import { stepsOf, workText } from '../../../renderer/state/job-steps.ts'
import { english } from '../../../renderer/text/english.ts'
import { fillMessage, type MessageKey, type MessageValues } from '../../../renderer/text/messages.ts'

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

  it('have no part in a look at the finished picture, which says what it is', () => {
    const say = (key: MessageKey, values: MessageValues = {}): string => fillMessage(english[key], values)
    expect(workText({ done: 8, total: 22, stage: 'denoise' }, say)).toBe('Step 7 of 20')
    expect(workText({ done: 8, total: 30, stage: 'look' }, say)).toBe('Looking whether it shows everything')
  })
})
