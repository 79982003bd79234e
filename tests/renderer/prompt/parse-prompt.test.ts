import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentWords, findPhrase } from '../../../renderer/prompt/find-phrase.ts'
import { parsePrompt, stepWeight } from '../../../renderer/prompt/parse-prompt.ts'

const weights = (prompt: string) =>
  parsePrompt(prompt).weights.map(({ innerFrom, innerTo, weight }) => [
    prompt.slice(innerFrom, innerTo),
    Math.round(weight * 100) / 100,
  ])

describe('prompt', () => {
  it.each([
    ['a (calm:1.2) lake', [['calm', 1.2]]],
    [
      '(red) [blue]',
      [
        ['red', 1.1],
        ['blue', 0.91],
      ],
    ],
    [
      '((deep))',
      [
        ['(deep)', 1.1],
        ['deep', 1.1],
      ],
    ],
    [String.raw`a \(plain\) word`, []],
    ['not (closed', []],
    ['[cat:dog:0.5] (x:0.8)', [['x', 0.8]]],
  ])('%s has the weights %o', (prompt, expected) => {
    expect(weights(prompt)).toEqual(expected)
  })

  it('finds the syntax of other programs', () => {
    const prompt = 'a BREAK b AND <lora:ink:0.8> {red|blue} __animals__ [a:b:0.5]'
    expect(parsePrompt(prompt).marks.map(({ kind }) => kind)).toEqual([
      'break',
      'and',
      'lora',
      'variants',
      'list',
      'schedule',
    ])
  })

  it('steps the weight of the word at the caret up and back to nothing', () => {
    const up = stepWeight('a calm lake', 4, 4, 1)
    expect(up.prompt).toBe('a (calm:1.05) lake')
    expect(stepWeight(up.prompt, up.from, up.to, 1).prompt).toBe('a (calm:1.1) lake')
    expect(stepWeight(up.prompt, up.from, up.to, -1)).toEqual({ prompt: 'a calm lake', from: 2, to: 6 })
  })

  it('stays inside its limits', () => {
    expect(stepWeight('(x:1.6)', 1, 2, 1).prompt).toBe('(x:1.6)')
  })

  it('never fails on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab ()[]:\\1.{}|_<>') }), fc.nat(20), (text, at) => {
        const place = Math.min(at, text.length)
        parsePrompt(text)
        expect(stepWeight(text, place, place, 1).prompt.length).toBeGreaterThanOrEqual(text.length - 12)
      }),
    )
  })
})

describe('phrases', () => {
  it('are found as whole words, in any case, several times', () => {
    expect(findPhrase('A cat, a category, a Cat', 'cat')).toEqual([
      { from: 2, to: 5 },
      { from: 21, to: 24 },
    ])
  })

  it('of a prompt leave articles and prepositions out', () => {
    const prompt = 'a teapot next to a lemon, on a cream background'
    expect(contentWords(prompt).map(({ from, to }) => prompt.slice(from, to))).toEqual([
      'teapot',
      'lemon',
      'cream',
      'background',
    ])
  })
})
