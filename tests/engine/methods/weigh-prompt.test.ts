import { describe, expect, it } from 'vitest'
import { promptReader } from '../../../engine/methods/read-prompts.ts'
import { weighPrompt } from '../../../engine/methods/weigh-prompt.ts'
import { wordTraits } from './word-machine.ts'

const traits = wordTraits()
const [tower] = traits.towers
if (tower === undefined) throw new Error('the traits have a tower')
const prompts = promptReader({ traits })
const weigh = (prompt: string, ...phrases: readonly string[]) =>
  weighPrompt(
    { prompts, tower, prompt, steps: 10, seed: 0n },
    phrases.map((phrase) => ({ phrase, weight: 1.2 })),
  )

const cases: readonly [why: string, prompt: string, phrase: string, expected: string][] = [
  ['a word', 'a cat and a pizza', 'pizza', 'a cat and a (pizza:1.2)'],
  ['every occurrence', 'a cat, a dog, a cat', 'cat', 'a (cat:1.2), a dog, a (cat:1.2)'],
  ['no part of a longer word', 'a catfish', 'cat', 'a catfish'],
  ['several words, as they were typed', 'a Red  Heart', 'red heart', 'a (Red  Heart:1.2)'],
  ['a word that weighs something already', 'a (cat:1.3)', 'cat', 'a ((cat:1.2):1.3)'],
  ['a word of prompt editing', 'a [cat:dog:0.5]', 'dog', 'a [cat:(dog:1.2):0.5]'],
  ['words of which one has brackets', 'a (red) heart', 'red heart', 'a ((red) heart:1.2)'],
  ['nothing that brackets cut through', 'a (red, blue) sky', 'blue sky', 'a (red, blue) sky'],
  ['nothing that is not there', 'a cat', 'dog', 'a cat'],
]

describe('weighPrompt', () => {
  it.each(cases)('weighs %s', (_, prompt, phrase, expected) => {
    const weighed = weigh(prompt, phrase)
    expect(weighed.prompt).toBe(expected)
    expect(weighed.weights).toEqual(prompt === expected ? [] : [{ phrase, weight: 1.2 }])
  })

  it('weighs several phrases', () => {
    expect(weigh('a cat and a red heart', 'red heart', 'cat').prompt).toBe('a (cat:1.2) and a (red heart:1.2)')
  })

  it('changes the weights and not the tokens', () => {
    const [before, after] = ['a cat and a pizza', weigh('a cat and a pizza', 'pizza').prompt].map(
      (prompt) => prompts.read(prompt, { steps: 1, seed: 0n }).stages[0]?.towers[0]?.chunks[0],
    )
    expect(after?.ids).toEqual(before?.ids)
    // start, a, cat, and, a, pizza
    expect(Array.from(after?.weights.slice(0, 7) ?? [], (weight) => weight.toFixed(2))).toEqual([
      '1.00',
      '1.00',
      '1.00',
      '1.00',
      '1.00',
      '1.20',
      '1.00',
    ])
  })
})
