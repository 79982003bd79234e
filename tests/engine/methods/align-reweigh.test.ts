import { describe, expect, it } from 'vitest'
import type { Denoiser } from '../../../engine/machine/denoiser.ts'
import type { PredictCall } from '../../../engine/machine/machine.ts'
import { reweighingDenoiser } from '../../../engine/methods/align-reweigh.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { promptedDenoiser } from '../../../engine/methods/prompted-denoiser.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { side, weightsOf, wordMachine } from './word-machine.ts'

const words = wordMachine([
  { word: 'cat', brightness: 1, places: [0, 16] },
  { word: 'pizza', brightness: 2, places: [32, 64] },
])
/** Every prediction that the machine was asked for. */
const calls: PredictCall[] = []
const machine = {
  ...words,
  predict: async (call: PredictCall) => {
    calls.push(call)
    return words.predict(call)
  },
}
const prompts = promptEncoder(machine)
const level = { sigma: 2, timestep: 500 }
const schedule = [level, { sigma: 0, timestep: 0 }]
const size = { width: side, height: side }
const x = torchRandn([1, 4, side, side], 1)

const reweighing = (phrases: readonly string[], strength: number): Promise<Denoiser> =>
  reweighingDenoiser({
    machine,
    prompts,
    prompt: prompts.read('a cat and a pizza', { steps: 1, seed: 0n }),
    phrases,
    encoding: { chunks: 1 },
    schedule,
    size,
    weights: { strength, most: 1.5 },
  })

const plainPrediction = async () => {
  const read = prompts.read('a cat and a pizza', { steps: 1, seed: 0n })
  const prompt = await prompts.encode(read, { chunks: 1, isNegative: false })
  return promptedDenoiser({ machine, prompt, schedule, size })(x, level)
}

describe('reweighingDenoiser', () => {
  it('is the plain prompt at strength 1, for one phrase and for none', async () => {
    const expected = await plainPrediction()
    expect(await (await reweighing(['cat', 'pizza'], 1))(x, level)).toEqual(expected)
    expect(await (await reweighing(['cat'], 1.2))(x, level)).toEqual(expected)
    expect(await (await reweighing([], 1.2))(x, level)).toEqual(expected)
  })

  it('weighs the phrase most whose own prediction is farthest from the whole', async () => {
    const denoise = await reweighing(['a cat', 'a pizza'], 1.2)
    calls.length = 0
    await denoise(x, level)
    // the whole, both phrases, and the whole with new weights
    expect(calls).toHaveLength(4)
    const weights = weightsOf(calls.at(-1)?.conditioning.context ?? x)
    // start, a, cat, and, a, pizza: "a cat" alone lacks the pizza, whose energy is larger
    const [start = 1] = weights
    expect(weights.slice(0, 7).map((weight) => Math.round((weight / start) * 100) / 100)).toEqual([1, 1.2, 1.2, 1, 1, 1, 1]) // prettier-ignore
  })

  it('encodes a prompt once for each set of weights', async () => {
    let encoded = 0
    const counting = promptEncoder({
      ...machine,
      encodeText: (call) => {
        encoded += 1
        return words.encodeText(call)
      },
    })
    const denoise = await reweighingDenoiser({
      machine,
      prompts: counting,
      prompt: counting.read('a cat and a pizza', { steps: 1, seed: 0n }),
      phrases: ['cat', 'pizza'],
      encoding: { chunks: 1 },
      schedule,
      size,
      weights: { strength: 1.2, most: 1.5 },
    })
    await denoise(x, level)
    const before = encoded
    await denoise(x, level)
    expect(encoded).toBe(before)
  })
})
