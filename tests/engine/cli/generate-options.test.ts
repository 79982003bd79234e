import { describe, expect, it } from 'vitest'
import { parseGenerateOptions } from '../../../engine/cli/generate-options.ts'

const refused: readonly [args: readonly string[], message: string][] = [
  [[], 'attune generate: no prompt, expected one prompt in quotes'],
  [['a', 'cat'], 'attune generate: 2 prompts, expected one prompt in quotes'],
  [['a cat', '--step', '3'], "attune generate: Unknown option '--step'"],
  [['a cat', '--steps', 'many'], '--steps: "many", expected a number'],
  [['a cat', '--steps', '0'], '--steps: ✖ Too small'],
  [['a cat', '--cfg-scale', '900'], '--cfg-scale: ✖ Too big'],
  [['a cat', '--seed', '-1'], "attune generate: Option '--seed' argument is ambiguous"],
  [
    ['a cat', '--seed', '18446744073709551616'],
    '--seed: "18446744073709551616", expected a whole number from 0 to 18446744073709551615',
  ],
  [['a cat', '--size', '12by4'], '--size: "12by4", expected width x height in pixels'],
  [['a cat', '--size', '9000x10'], '--size: ✖ Too big'],
  [['a cat', '--memory', '0'], '--memory: "0", expected gigabytes above 0'],
  [['a cat', '--prediction', 'x0'], '--prediction: "x0", expected noise or v'],
  [['a cat', '--reweigh', '2'], '--reweigh: ✖ Too big'],
  [['a cat', '--mask', 'm.png'], '--mask: no picture that it is about, expected --image FILE beside it'],
  [['a cat', '--strength', '0.5'], '--strength: no picture that it is about, expected --image FILE beside it'],
  [
    ['a cat', '--image', 'a.png', '--mask-feather', '2'],
    '--mask-feather: no mask that it is about, expected --mask FILE',
  ],
  [['a cat', '--image', 'a.png', '--strength', '1.5'], '--strength: ✖ Too big'],
  [['a cat', '--image', 'a.png', '--strength=-1'], '--strength: ✖ Too small'],
  [['a cat', '--image', 'a.png', '--mask', 'm.png', '--mask-feather', '900'], '--mask-feather: ✖ Too big'],
  [['a cat', '--image', 'a.png', '--mask', 'm.png', '--mask-opacity', '2'], '--mask-opacity: ✖ Too big'],
  [['a cat', '--image', 'a.png', '--mask-opacity', '1'], '--mask-opacity: no mask that it is about'],
  [['a cat', '--guidance', 'strong'], '--guidance: ✖ Invalid option'],
  [['a cat', '--count', '2', '--out', 'a.png'], '--out: one file for 2 pictures, expected a folder'],
]

describe('options of attune generate', () => {
  it('have the defaults of the bundled model', () => {
    const { request, out, share } = parseGenerateOptions(['a cat'])
    expect({ ...request, seed: undefined, out, share }).toMatchObject({
      prompt: 'a cat',
      steps: 20,
      cfgScale: 5,
      sampler: 'ddim',
      schedule: 'automatic',
      count: 1,
      out: '.',
      share: false,
    })
  })

  it('have the defaults of the request for other models', () => {
    const { request } = parseGenerateOptions(['a cat', '--model', 'models/other'])
    expect(request).toMatchObject({ model: 'models/other', cfgScale: 7, sampler: 'euler' })
  })

  it('keep seeds of 64 bits whole', () => {
    expect(parseGenerateOptions(['a cat', '--seed', '18446744073709551615']).seed).toBe(2n ** 64n - 1n)
  })

  it('draw a seed of 32 bits when none is given', () => {
    const seeds = Array.from({ length: 20 }, () => parseGenerateOptions(['a cat']).seed)
    expect(new Set(seeds).size).toBeGreaterThan(18)
    for (const seed of seeds) expect(seed).toBeLessThan(2n ** 32n)
  })

  it('read one side as a square', () => {
    expect(parseGenerateOptions(['a cat', '--size', '64']).request).toMatchObject({ width: 64, height: 64 })
  })

  it('take what the network predicts by two names each', () => {
    const kinds = ['noise', 'epsilon', 'v', 'v_prediction']
    const found = kinds.map((kind) => parseGenerateOptions(['a cat', '--prediction', kind]).prediction)
    expect(found).toEqual(['epsilon', 'epsilon', 'v_prediction', 'v_prediction'])
    expect(parseGenerateOptions(['a cat']).prediction).toBeUndefined()
  })

  it('start from a picture, three quarters of which may change unless --strength says more, inside masks with one soft edge', () => {
    expect(parseGenerateOptions(['a cat', '--image', '/a.png']).request.image).toEqual({
      source: '/a.png',
      strength: 0.75,
    })
    const args = ['a cat', '--image', '/a.png', '--strength', '1', '--mask', '/m.png', '--mask', '/n.png']
    const { image } = parseGenerateOptions([...args, '--mask-feather', '0', '--mask-opacity', '0.5']).request
    expect(image).toEqual({
      source: '/a.png',
      strength: 1,
      masks: ['/m.png', '/n.png'].map((file) => ({ file, opacity: 0.5, feather: 0 })),
    })
    expect(parseGenerateOptions(['a cat']).request.image).toBeUndefined()
  })

  it.each([1, 7, 20, 49, 150])(
    'refuse a strength that leaves none of %i steps, and name the least that does',
    (steps) => {
      const least = Math.ceil(100 / steps) / 100
      const args = ['a cat', '--image', 'a.png', '--steps', String(steps), '--strength']
      expect(() => parseGenerateOptions([...args, String(least - 0.01)])).toThrow(`expected at least ${least}.`)
      expect(parseGenerateOptions([...args, String(least)]).request.image?.strength).toBe(least)
    },
  )

  it('read memory in gigabytes', () => {
    expect(parseGenerateOptions(['a cat', '--memory', '4.5']).memoryBytes).toBe(4_500_000_000)
  })

  it.each(refused)('refuse %j, naming the flag', (args, message) => {
    expect(() => parseGenerateOptions(args)).toThrow(message)
  })
})
