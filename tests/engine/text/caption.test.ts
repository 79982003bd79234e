import { describe, expect, it } from 'vitest'
import { appendWord, contrastCaptions, deletePhrase, fillCaption } from '../../../engine/text/caption.ts'
import { clipTokenizer } from '../../../engine/text/clip-tokenizer.ts'
import { clipFiles } from './clip-files.ts'

const tokenizer = clipTokenizer(clipFiles())

describe('fillCaption', () => {
  it.each([
    ['a photo of {}', 'red heart', 'a photo of red heart'],
    ['{article} {}', 'apple', 'an apple'],
    ['{article} {}', 'a unicorn', 'a unicorn'],
    ['a drawing of {article} {}', 'an old hat', 'a drawing of an old hat'],
    ['{}', ' the cat ', 'the cat'],
    ['{}', '$& {}', '$& {}'],
  ])('puts into "%s" the phrase "%s"', (template, phrase, caption) => {
    expect(fillCaption(template, phrase)).toBe(caption)
  })

  it('refuses a template without a place for the word', () => {
    expect(() => fillCaption('a photo', 'cat')).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })
})

describe('deletePhrase', () => {
  it.each([
    ['a red heart and a blue cat', 'red heart', 'and a blue cat'],
    ['a red heart and a blue cat', 'a blue cat', 'a red heart and'],
    ['a red heart and a blue cat', 'blue', 'a red heart and cat'],
    ['The Cat, an owl', 'OWL', 'The Cat,'],
    ['a cat next to a cat', 'cat', 'next to'],
    ['a (cat:1.3) on a hat', 'cat', '( :1.3) on a hat'],
    ['a catfish', 'fish', undefined],
    ['a cat', 'dog', undefined],
    ['cat', 'cat', ''],
    ['a cafe\u0301 scene', 'CAFÉ', 'scene'],
  ])('from "%s" takes "%s"', (prompt, phrase, expected) => {
    expect(deletePhrase(tokenizer, prompt, phrase)).toBe(expected)
  })
})

describe('contrastCaptions', () => {
  it('deletes a phrase that the prompt names', () => {
    expect(contrastCaptions(tokenizer, 'a red heart and a cat', 'cat')).toEqual({
      withPhrase: 'a red heart and a cat',
      withoutPhrase: 'a red heart and',
      isAppended: false,
    })
  })

  it('appends a phrase that it does not name', () => {
    expect(contrastCaptions(tokenizer, 'a red heart', 'a cat')).toEqual({
      withPhrase: 'a red heart and a cat',
      withoutPhrase: 'a red heart',
      isAppended: true,
    })
  })

  it('needs no "and" after nothing', () => {
    expect(appendWord(' ', 'a cat')).toBe('a cat')
  })
})
