import { describe, expect, it } from 'vitest'
import { mapText } from '../../../engine/text/mapped-text.ts'
import { takeNetworks, type StrengthOrder } from '../../../engine/text/prompt-networks.ts'

const take = (prompt: string, order: StrengthOrder = 'unet-text') => takeNetworks(mapText(prompt), order)
const strengthsOf = (prompt: string, order?: StrengthOrder): readonly (readonly [string, number, number])[] =>
  take(prompt, order).loras.map(({ name, unetStrength, textStrength }) => [name, unetStrength, textStrength])

describe('takeNetworks', () => {
  it.each([
    ['<lora:ink>', 'ink', 1, 1],
    ['<lora:ink:0.8>', 'ink', 0.8, 0.8],
    ['<lora:ink:0.8:0.4>', 'ink', 0.8, 0.4],
    ['<lora:ink:-1.5>', 'ink', -1.5, -1.5],
    ['<lora: my ink : .5 >', 'my ink', 0.5, 0.5],
    ['<lora:ink:te=0.4>', 'ink', 0.4, 0.4],
    ['<lora:ink:te=0.4:unet=0.8>', 'ink', 0.8, 0.4],
    ['<lora:ink:0.8:te=0.4>', 'ink', 0.8, 0.4],
    ['<lora:ink:0.8:unet=0.4>', 'ink', 0.4, 0.8],
    ['<lyco:ink:0.8>', 'ink', 0.8, 0.8],
  ])('%s', (prompt, name, unet, text) => {
    expect(strengthsOf(prompt)).toEqual([[name, unet, text]])
  })

  it("reads two strengths in A1111's order when asked to", () => {
    expect(strengthsOf('<lora:ink:0.8:0.4>', 'text-unet')).toEqual([['ink', 0.4, 0.8]])
  })

  it('takes them out of the text, which keeps its places', () => {
    const { text, loras } = take('a <lora:ink:1>cat<lora:b>')
    expect(text).toEqual({ text: 'a cat', starts: [0, 1, 14, 15, 16], ends: [1, 2, 15, 16, 17] })
    expect(loras.map(({ start, end }) => [start, end])).toEqual([
      [2, 14],
      [17, 25],
    ])
  })

  it.each([
    ['<hypernet:x:1>', 'unknown-network', 0],
    ['<lora:x:abc>', 'unreadable-strength', 0],
    ['<lora:x:te=>', 'unreadable-strength', 0],
    ['<lora:x:1:lbw=SPINE>', 'unread-option', 1],
    ['<lora:x:1:1:1>', 'unread-option', 1],
  ])('remarks on %s and leaves it out of the text', (prompt, kind, count) => {
    const { text, loras, notes } = take(`a ${prompt}`)
    expect(notes).toEqual([{ kind, text: prompt, start: 2, end: 2 + prompt.length }])
    expect(text.text).toBe('a ')
    expect(loras).toHaveLength(count)
  })

  it.each(['a < b > c', '<|endoftext|>', '<3', '<lora>', '<:x>'])('leaves %s alone', (prompt) => {
    expect(take(prompt)).toEqual({ text: mapText(prompt), loras: [], notes: [] })
  })
})
