import { describe, expect, it } from 'vitest'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { stripComments } from '../../../engine/text/prompt-comments.ts'

describe('stripComments', () => {
  it.each([
    ['a cat', 'a cat', []],
    ['a # b', 'a \n', ['# b']],
    ['# b\na', '\n\na', ['# b']],
    ['a # b\nc # d\ne', 'a \n\nc \n\ne', ['# b', '# d']],
    ['a ## b', 'a \n', ['## b']],
    ['a \\# b', 'a \\# b', []],
    ['a \\\\# b', 'a \\\\\n', ['# b']],
    ['#', '\n', ['#']],
  ])('of %j leaves %j', (prompt, left, comments) => {
    const { text, notes } = stripComments(mapText(prompt))
    expect(text.text).toBe(left)
    expect(notes.map((note) => [note.kind, note.text])).toEqual(comments.map((comment) => ['comment', comment]))
  })

  it('lets what follows keep its place', () => {
    const { text } = stripComments(mapText('a#b\nc'))
    expect(text).toEqual({ text: 'a\n\nc', starts: [0, 1, 3, 4], ends: [1, 3, 4, 5] })
  })
})
