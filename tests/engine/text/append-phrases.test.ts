import { describe, expect, it } from 'vitest'
import { appendPhrases } from '../../../engine/text/append-phrases.ts'
import { clipTokenizer } from '../../../engine/text/clip-tokenizer.ts'
import { clipFiles } from './clip-files.ts'

const tokenizer = clipTokenizer(clipFiles())
const append = (prompt: string, ...phrases: readonly string[]) =>
  appendPhrases(tokenizer, prompt, phrases, { steps: 10, seed: 0n })

describe('appendPhrases', () => {
  it.each([
    ['keeps a prompt that has them all', 'a Red heart', ['red heart', 'heart'], 'a Red heart', []],
    ['appends what is missing', 'a cat', ['a red kettle'], 'a cat, a red kettle', ['a red kettle']],
    ['appends each once', 'a cat', ['dog', 'dog', 'Dog'], 'a cat, dog', ['dog']],
    ['finds a phrase that it has just appended', 'a cat', ['red dog', 'dog'], 'a cat, red dog', ['red dog']],
    ['needs no second comma', 'a cat, ', ['dog'], 'a cat, dog', ['dog']],
    ['starts a blank prompt', ' ', ['dog'], 'dog', ['dog']],
    ['leaves out blank phrases', 'a cat', ['', ' '], 'a cat', []],
    ['finds a phrase that only some steps show', 'a [cat:dog:0.5]', ['dog'], 'a [cat:dog:0.5]', []],
    ['finds no phrase in a network', 'a cat <lora:dog:1>', ['dog'], 'a cat <lora:dog:1>, dog', ['dog']],
  ])('%s', (_, prompt, phrases, completed, appended) => {
    expect(append(prompt, ...phrases)).toEqual({ prompt: completed, appended })
  })
})
