import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { readPrompt, type PromptSettings } from '../../../engine/text/read-prompt.ts'
import { anyPrompt } from './any-prompt.ts'

const settings: PromptSettings = { steps: 10, seed: 3n, wildcards: new Map([['animal', ['(cat:1.2)', 'dog']]]) }

describe('readPrompt', () => {
  it('reads all syntax of a prompt in order', () => {
    const prompt = 'a {red} [__animal__:owl:4] <lora:ink:0.8> # really'
    const { drawn, loras, stages, notes } = readPrompt(prompt, settings)
    expect(drawn).toMatch(/^a red \[(?:\(cat:1\.2\)|dog):owl:4\] <lora:ink:0\.8> \n$/)
    expect(loras).toEqual([{ name: 'ink', unetStrength: 0.8, textStrength: 0.8, start: 27, end: 41 }])
    expect(stages.map(({ lastStep }) => lastStep)).toEqual([4, 10])
    expect(stages.at(-1)?.segments.map(({ text, weight }) => [text, weight])).toEqual([['a red owl  \n', 1]])
    expect(notes).toEqual([{ kind: 'comment', text: '# really', start: 42, end: 50 }])
  })

  it('draws weights and prompt editing from wildcards', () => {
    const wildcards = new Map([['scene', ['[(a:1.5)|b] <lora:x:1>']]])
    const { stages, loras } = readPrompt('__scene__', { steps: 2, seed: 0n, wildcards })
    expect(stages.map(({ segments }) => segments.map(({ text, weight }) => [text, weight]))).toEqual([
      [
        ['a', 1.5],
        [' ', 1],
      ],
      [['b ', 1]],
    ])
    expect(loras).toMatchObject([{ name: 'x', start: 0, end: 9 }])
  })

  it('takes a network out before prompt editing', () => {
    const { stages } = readPrompt('[<lora:x:0.5>:b:3]', settings)
    expect(stages.map(({ segments }) => segments[0]?.text)).toEqual(['', 'b'])
  })

  it('says that AND is not supported, once', () => {
    const { notes } = readPrompt('[a|b] AND c BAND', settings)
    expect(notes).toEqual([{ kind: 'composable', text: 'AND', start: 6, end: 9 }])
  })

  it('gives remarks in the order of the prompt, whichever part they are about', () => {
    const { notes } = readPrompt('(a <hypernet:x:1> __no__ # c', settings)
    expect(notes.map(({ kind }) => kind)).toEqual([
      'unclosed-bracket',
      'unknown-network',
      'unknown-wildcard',
      'comment',
    ])
  })

  it('lets a backslash keep a hash', () => {
    const { stages, notes } = readPrompt('a \\#1 dog', settings)
    expect(stages[0]?.segments[0]?.text).toBe('a #1 dog')
    expect(notes).toEqual([])
  })

  it('refuses a weight that no number can hold', () => {
    expect(() => readPrompt('('.repeat(9000) + 'a', settings)).toThrow(/the weight Infinity for "a"/)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d steps', (steps) => {
    expect(() => readPrompt('a', { steps, seed: 0n })).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })

  it('reads any prompt, or throws what the engine throws', () => {
    fc.assert(
      fc.property(anyPrompt, fc.integer({ min: 1, max: 8 }), fc.bigInt(), (prompt, steps, seed) => {
        try {
          const { stages, notes, loras } = readPrompt(prompt, { ...settings, steps, seed })
          expect(stages.at(-1)?.lastStep).toBe(steps)
          const spans = [...notes, ...loras, ...stages.flatMap(({ segments }) => segments.flatMap(spansOf))]
          for (const { start, end } of spans) {
            expect(start).toBeGreaterThanOrEqual(0)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(prompt.length)
          }
        } catch (cause) {
          if (!(cause instanceof EngineError)) throw cause
        }
      }),
      { numRuns: 300 },
    )
  })

  it('reads long hostile prompts in a moment', () => {
    const hostile = [
      '(',
      '[a:',
      '[a|',
      '{',
      '{a|',
      '__',
      '<lora:',
      '# \n',
      'BREAK ',
      ' ',
      ':',
      '(:,,',
      '\\',
      '[',
      'AND ',
    ]
    const started = performance.now()
    for (const part of hostile)
      try {
        expect(readPrompt(part.repeat(16_384 / part.length), settings).stages).not.toEqual([])
      } catch (cause) {
        if (!(cause instanceof EngineError)) throw cause
      }
    // 1 s here; one slow regular expression takes minutes
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})

const spansOf = ({ starts, ends }: { readonly starts: readonly number[]; readonly ends: readonly number[] }) =>
  starts.map((start, i) => ({ start, end: ends[i] ?? -1 }))
