import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinMapped, mapText, mapTextTo } from '../../../engine/text/mapped-text.ts'
import { isBreak, parseAttention } from '../../../engine/text/prompt-attention.ts'
import { anyPrompt } from './any-prompt.ts'

const parse = (prompt: string) => parseAttention(mapText(prompt))

describe('parseAttention', () => {
  it('says where each letter of a segment stands', () => {
    const [first, second] = parse('(\\(a\\):1.5)b').segments
    expect(first).toEqual({ text: '(a)', weight: 1.5, starts: [2, 3, 5], ends: [3, 4, 6] })
    expect(second).toEqual({ text: 'b', weight: 1, starts: [11], ends: [12] })
  })

  it('keeps the span of letters that were inserted', () => {
    const prompt = joinMapped([mapText('a ('), mapTextTo('red cat', 3, 12)])
    expect(parseAttention(prompt).segments[1]).toMatchObject({ text: 'red cat', starts: new Array(7).fill(3) })
  })

  it.each([
    ['(a', 'unclosed-bracket', '(', 0],
    ['a [b', 'unclosed-bracket', '[', 2],
    ['a)', 'unopened-bracket', ')', 1],
    ['a:1.5)', 'unopened-bracket', ')', 5],
    ['a]', 'unopened-bracket', ']', 1],
    ['(a:1,5)', 'unreadable-weight', '1,5', 3],
    ['(a: 1,5 )', 'unreadable-weight', ' 1,5 ', 3],
    ['(a:50%)', 'unreadable-weight', '50%', 3],
    ['(a:1e2)', 'unreadable-weight', '1e2', 3],
    ['(a:1..5)', 'unreadable-weight', '1..5', 3],
    ['(a BREAK b)', 'break-in-brackets', 'BREAK', 3],
  ])('remarks on %s', (prompt, kind, text, start) => {
    expect(parse(prompt).notes).toEqual([{ kind, text, start, end: start + text.length }])
  })

  it.each(['a (b:1.2) [c]', '(a: b)', 'a BREAK b', '\\(a\\)', '(4:3 format)'])('has nothing to say on %s', (prompt) => {
    expect(parse(prompt).notes).toEqual([])
  })

  it('takes a bracket literally whose weight is no number, and still counts the others', () => {
    const { segments } = parse('([a] (b:1.1.1) [c:2)')
    expect(segments.map(({ text, weight }) => [text, weight])).toEqual([
      ['a', 2 / 1.1],
      [' (b:1.1.1) ', 2],
      ['c', 2 / 1.1],
    ])
  })

  it('tells the mark that starts a chunk from the word', () => {
    expect(parse('a BREAK (b BREAK:1) c').segments.map(isBreak)).toEqual([false, true, false, true, false])
    expect(parse('(a BREAK b)').segments.map(isBreak)).toEqual([false, false, false])
  })

  it('gives letters of the prompt in their order, whatever it is', () => {
    fc.assert(
      fc.property(anyPrompt, (prompt) => {
        const { segments, notes } = parse(prompt)
        const letters = segments.flatMap(({ text, starts }) => starts.map((start, i) => [start, text.charAt(i)]))
        expect(letters.map(([, letter]) => letter)).toEqual(letters.map(([start]) => prompt.charAt(Number(start))))
        const starts = letters.map(([start]) => Number(start))
        expect(starts).toEqual(starts.toSorted((a, b) => a - b))
        for (const { text, start, end } of notes) expect(prompt.slice(start, end)).toBe(text)
      }),
    )
  })

  it('reads text without brackets and colons as itself', () => {
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !/[\\()[\]:]|BREAK/.test(text))
    fc.assert(
      fc.property(plain, (text) => {
        expect(parse(text).segments).toEqual([{ ...mapText(text), weight: 1 }])
      }),
    )
  })
})
