import { describe, expect, it } from 'vitest'
import { contentPhrases } from '../../../engine/text/content-phrases.ts'
import { readPrompt } from '../../../engine/text/read-prompt.ts'

const phrasesOf = (prompt: string): readonly string[] =>
  contentPhrases(readPrompt(prompt, { steps: 1, seed: 0n }).stages[0]?.segments ?? [])

describe('contentPhrases', () => {
  it.each([
    ['a cat and a pizza', ['cat', 'pizza']],
    ['A bear and a tree, on a green background', ['bear', 'tree', 'green']],
    ['a drawing of a red heart to the left of an ice cream', ['red heart', 'ice cream']],
    ['masterpiece, best quality, 1girl', ['masterpiece', 'best quality', '1girl']],
    ['a (red:1.3) kettle BREAK a ((cup))', ['red', 'kettle', 'cup']],
    ['a cat, a cat, a CAT', ['cat']],
    ["a dog's well-worn toy", ["dog's well-worn toy"]],
    ['eine Brücke über dem Fluß', ['eine brücke über dem fluß']],
    ['the of and', []],
    ['', []],
  ])('of "%s" are %j', (prompt, expected) => {
    expect(phrasesOf(prompt)).toEqual(expected)
  })
})
