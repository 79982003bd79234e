import { describe, expect, it } from 'vitest'
import { parseAlignOptions } from '../../../engine/cli/align-options.ts'

describe('parseAlignOptions', () => {
  it('fills in what was left out', () => {
    expect(parseAlignOptions(['a.png', 'a cat and a pizza'])).toEqual({
      image: 'a.png',
      task: {
        kind: 'align',
        request: { prompt: 'a cat and a pizza', steps: 12, mapSteps: 5, strength: 3, seed: '0' },
      },
      model: undefined,
      vaePath: undefined,
      prediction: undefined,
      out: undefined,
      device: 'automatic',
      memoryBytes: undefined,
    })
  })

  it('takes words with spaces in them, from one or several flags', () => {
    const { task } = parseAlignOptions(['a.png', '--words', 'red heart, cat', '--words', 'dog,', '--threshold', '0.5'])
    expect(task).toMatchObject({ request: { prompt: '', words: ['red heart', 'cat', 'dog'], threshold: 0.5 } })
  })

  it('leaves the prompt to the picture when there is neither prompt nor words', () => {
    expect(parseAlignOptions(['a.png']).task).toMatchObject({ request: { prompt: '' } })
  })

  it('takes a VAE and what the network predicts', () => {
    expect(parseAlignOptions(['a.png', 'a cat', '--vae', '/soft.safetensors', '--prediction', 'v'])).toMatchObject({
      vaePath: '/soft.safetensors',
      prediction: 'v_prediction',
    })
  })

  it('takes several prompts to choose from', () => {
    expect(parseAlignOptions(['a.png', '--prompts', 'a cat', 'a dog', '--steps', '4']).task).toEqual({
      kind: 'classify',
      request: { prompts: ['a cat', 'a dog'], steps: 4, seed: '0' },
    })
  })

  it.each([
    ['no picture', [], 'attune align: no picture'],
    ['two prompts', ['a.png', 'a', 'b'], 'attune align: 2 prompts, expected one prompt in quotes, or --prompts'],
    ['one prompt to choose from', ['a.png', '--prompts', 'a'], '--prompts: '],
    ['a single step', ['a.png', 'a cat', '--steps', '1'], '--steps: '],
    ['a threshold above 1', ['a.png', 'a cat', '--threshold', '2'], '--threshold: '],
    ['a strength below 1', ['a.png', 'a cat', '--strength', '0.5'], '--strength: '],
    ['steps that are no number', ['a.png', 'a cat', '--map-steps', 'x'], '--map-steps: "x", expected a number'],
    ['an unknown flag', ['a.png', 'a cat', '--warp'], "attune align: Unknown option '--warp'"],
    ['a device that nobody knows', ['a.png', 'a cat', '--device', 'tpu'], '--device: "tpu", expected auto, cpu, cuda'],
    [
      'a prediction that nobody knows',
      ['a.png', 'a cat', '--prediction', 'x'],
      '--prediction: "x", expected noise or v',
    ],
    ['memory of nothing', ['a.png', 'a cat', '--memory', '0'], '--memory: "0", expected gigabytes above 0'],
    ['an empty word list', ['a.png', 'a cat', '--words', ' ,'], '--words: '],
  ])('refuses %s', (_, args, message) => {
    expect(() => parseAlignOptions(args)).toThrow(message)
  })
})
