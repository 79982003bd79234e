import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { schedulePrompt, stageAt } from '../../../engine/text/prompt-schedule.ts'
import { anyPrompt } from './any-prompt.ts'

interface Recorded {
  readonly steps: number
  readonly cases: readonly { readonly prompt: string; readonly stages: readonly (readonly [number, string])[] }[]
}

const schedule = (prompt: string, steps: number) =>
  schedulePrompt(mapText(prompt), steps).stages.map(({ lastStep, text }) => [lastStep, text.text])

describe('schedulePrompt', () => {
  it("gives what A1111's grammar gives", () => {
    const { steps, cases } = JSON.parse(
      readFileSync(join(import.meta.dirname, 'recorded/prompt-schedules.json'), 'utf8'),
    ) as Recorded
    expect(cases.length).toBeGreaterThan(300)
    expect(cases.map(({ prompt }) => ({ prompt, stages: schedule(prompt, steps) }))).toEqual(cases)
  })

  it.each([
    [
      '[cat:dog:0.25]',
      20,
      [
        [5, 'cat'],
        [20, 'dog'],
      ],
    ],
    [
      '[cat:dog:0.25]',
      30,
      [
        [7, 'cat'],
        [30, 'dog'],
      ],
    ],
    [
      'a [red:4] cat',
      8,
      [
        [4, 'a  cat'],
        [8, 'a red cat'],
      ],
    ],
    [
      'a [red::4] cat',
      8,
      [
        [4, 'a red cat'],
        [8, 'a  cat'],
      ],
    ],
    ['[a|b]', 1, [[1, 'a']]],
    [
      '[a|b|c]',
      4,
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [4, 'a'],
      ],
    ],
    [
      '[a:[b|c]:2]',
      4,
      [
        [2, 'a'],
        [3, 'b'],
        [4, 'c'],
      ],
    ],
  ])('%s in %i steps', (prompt, steps, stages) => {
    expect(schedule(prompt, steps)).toEqual(stages)
  })

  it('says where the letters of each stage stand', () => {
    const [first, second] = schedulePrompt(mapText('x [ab:c:2]'), 4).stages
    expect(first?.text).toEqual({ text: 'x ab', starts: [0, 1, 3, 4], ends: [1, 2, 4, 5] })
    expect(second?.text).toEqual({ text: 'x c', starts: [0, 1, 6], ends: [1, 2, 7] })
  })

  it('remarks on a prompt whose strokes keep its schedule from being read', () => {
    expect(schedulePrompt(mapText('a | b [c:d:2]'), 4)).toMatchObject({
      stages: [{ lastStep: 4 }],
      notes: [{ kind: 'schedule-unreadable', text: '[c:d:2]', start: 6, end: 13 }],
    })
  })

  it('finds the stage of a step', () => {
    const { stages } = schedulePrompt(mapText('[a:b:2]'), 4)
    const texts = [1, 2, 3, 4, 5].map((step) => stageAt(stages, step)?.text.text)
    expect(texts).toEqual(['a', 'a', 'b', 'b', 'b'])
  })

  it('covers all steps in order with letters of the prompt, whatever it is', () => {
    fc.assert(
      fc.property(anyPrompt, fc.integer({ min: 1, max: 12 }), (prompt, steps) => {
        const { stages } = schedulePrompt(mapText(prompt), steps)
        const lasts = stages.map(({ lastStep }) => lastStep)
        expect(lasts.at(-1)).toBe(steps)
        expect(lasts).toEqual([...new Set(lasts)].sort((a, b) => a - b))
        for (const { text } of stages) expect(text.starts.map((start) => prompt.charAt(start)).join('')).toBe(text.text)
      }),
    )
  })

  it('reads a thousand nested brackets', () => {
    const depth = 1000
    const prompt = `${'[a:'.repeat(depth)}b${':2]'.repeat(depth)}`
    expect(schedule(prompt, 4)).toEqual([
      [2, 'a'],
      [4, 'b'],
    ])
  })
})
