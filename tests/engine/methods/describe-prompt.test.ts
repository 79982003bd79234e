import { describe, expect, it } from 'vitest'
import { generateRequestSchema } from '../../../engine/contract/records.ts'
import { describePrompt } from '../../../engine/methods/describe-prompt.ts'
import { drawRequest } from '../../../engine/methods/draw-request.ts'
import { promptReader } from '../../../engine/methods/read-prompts.ts'
import { wordTraits } from './word-machine.ts'

const reading = (prompt: string, knownWords: readonly string[] | null = null) => {
  const traits = wordTraits({ knownWords })
  return describePrompt({ traits, tokenizer: promptReader({ traits }).tokenizer, prompt })
}

describe('how a model reads a prompt', () => {
  it('counts its own tokens; weights and comments cost none', () => {
    const plain = reading('a pizza and a lemon')
    expect(plain).toMatchObject({ room: 46, chunks: 1, chunkStarts: [], unknown: [] })
    expect(plain.tokens).toBeGreaterThan(4)
    expect(reading('a (pizza:1.3) and a lemon # later: pear').tokens).toBe(plain.tokens)
    expect(reading('').tokens).toBe(0)
  })

  it('says where a chunk begins, be it by BREAK or for want of room', () => {
    const broken = reading('a pizza BREAK a lemon')
    expect([broken.chunks, broken.chunkStarts]).toEqual([2, ['a pizza BREAK '.length]])
    const long = reading(Array.from({ length: 30 }, () => 'a lemon').join(', '))
    expect(long.chunks).toBeGreaterThan(1)
    expect(long.chunkStarts).toHaveLength(long.chunks - 1)
    expect(long.tokens).toBeGreaterThan(46)
  })

  it('counts the longest part of a prompt that changes on the way', () => {
    expect(reading('[a pizza:a pizza and a lemon and a pear:0.5]').tokens).toBe(
      reading('a pizza and a lemon and a pear').tokens,
    )
  })

  it('names words that the model was never taught, with those that are spelt nearly so', () => {
    const { unknown } = reading('a piza, (gazebo:1.2)', ['a', 'pizza', 'plaza'])
    expect(unknown).toEqual([
      { word: 'piza', from: 2, to: 6, near: ['pizza'] },
      { word: 'gazebo', from: 9, to: 15, near: [] },
    ])
    expect(reading('a piza').unknown).toEqual([])
  })
})

describe('a request whose prompt draws', () => {
  const wildcards = new Map([['fruits', ['lemon', 'pear']]])
  const draw = (prompt: string, seed: bigint, negative = '') =>
    drawRequest(generateRequestSchema.parse({ prompt, negative }), seed, wildcards)

  it('says what was drawn, and what was typed', () => {
    const { request, template } = draw('a {red|blue} __fruits__', 5n, '__fruits__')
    expect(request.prompt).toMatch(/^a (red|blue) (lemon|pear)$/)
    expect(request.negative).toMatch(/^(lemon|pear)$/)
    expect(template).toBe('a {red|blue} __fruits__')
    // What was drawn has nothing left to draw.
    expect(drawRequest(request, 99n, wildcards)).toEqual({ request })
  })

  it('draws the same for the same seed, and others for others', () => {
    const prompts = Array.from({ length: 12 }, (_, seed) => draw('__fruits__', BigInt(seed)).request.prompt)
    expect(new Set(prompts)).toEqual(new Set(['lemon', 'pear']))
    expect(draw('__fruits__', 3n)).toEqual(draw('__fruits__', 3n))
  })

  it('leaves a plain prompt and lists that nobody has as they are', () => {
    expect(draw('a (pear:1.2) # note', 1n).template).toBeUndefined()
    expect(draw('a __birds__', 1n).request.prompt).toBe('a __birds__')
  })
})
