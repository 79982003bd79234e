import { describe, expect, it } from 'vitest'
import { classifyImage } from '../../../engine/methods/align-classify.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { side, wordMachine } from './word-machine.ts'

const machine = wordMachine([
  { word: 'cat', brightness: 1, places: [0, 16] },
  { word: 'pizza', brightness: 2, places: [32, 64] },
  { word: 'dog', brightness: -1, places: [0, 8] },
])

const classify = (...candidates: string[]) =>
  classifyImage({
    machine,
    prompts: promptEncoder(machine),
    picture: { width: side, height: side, channels: 1, data: new Uint8Array(side * side) },
    candidates,
    steps: 4,
    seed: 0n,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })

describe('classifyImage', () => {
  it('finds the prompt that says what the picture shows', async () => {
    const [lacking, right, wrong] = await classify('a pizza', 'a cat and a pizza', 'a dog and a pizza')
    expect(right?.error).toBeCloseTo(0, 10)
    expect(right?.behind.value).toBe(0)
    expect(lacking?.behind.value).toBeGreaterThan(0)
    // energies left over: 16 against 8 + 16 of which half cancel
    expect(wrong?.error).toBeLessThan(lacking?.error ?? 0)
    expect(right?.posterior.value).toBeCloseTo(1, 6)
  })

  it.each([[['a cat']], [['a cat', 'a cat']], [['a cat', 'a dog', 'a cat']]])('refuses %j', async (candidates) => {
    await expect(classify(...candidates)).rejects.toMatchObject({ code: 'bad-argument' })
  })
})
