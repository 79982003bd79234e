import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readA1111 } from '../../../../engine/image/metadata/read-a1111.ts'
import { writeA1111 } from '../../../../engine/image/metadata/write-a1111.ts'
import { sampleRecipe } from './sample-recipe.ts'

const lora = { name: 'ink.safetensors', hash: 'c'.repeat(64), strength: 0.8, textStrength: 0.8 }

describe('writing', () => {
  it('keeps the order and the labels of A1111', () => {
    const recipe = sampleRecipe({
      negative: 'blurry, bad',
      sampler: 'dpmpp-2m',
      schedule: 'karras',
      model: { name: 'a, b: c.safetensors', hash: '0123456789abcdef'.repeat(4) },
      variationSeed: '7',
      variationStrength: 0.25,
      image: { hash: null, strength: 0.6 },
      clipSkip: 2,
      eta: 0.5,
      loras: [lora],
    })
    expect(writeA1111(recipe)).toBe(
      'a cat on a meadow <lora:ink:0.8>\nNegative prompt: blurry, bad\n' +
        'Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 5, Seed: 18446744073709551615, Size: 128x96, ' +
        'Model hash: 0123456789, Model: "a, b: c", Variation seed: 7, Variation seed strength: 0.25, ' +
        'Denoising strength: 0.6, Clip skip: 2, RNG: CPU, Eta: 0.5, Lora hashes: "ink: cccccccccc", Version: Attune 0.1.0',
    )
  })

  it('gives the hashes of VAE and textual inversions, and reads the VAE back', () => {
    const recipe = sampleRecipe({
      vae: { name: 'soft.safetensors', hash: 'd'.repeat(64) },
      embeddings: [{ name: 'bad-hands.safetensors', hash: 'e'.repeat(64) }],
    })
    expect(writeA1111(recipe)).toMatch(
      /Model: starter, VAE hash: dddddddddd, VAE: soft\.safetensors, .*TI hashes: "bad-hands: eeeeeeeeee"/,
    )
    const read = readA1111(writeA1111(recipe))
    expect([read?.vae?.value, read?.vaeHash?.value]).toEqual(['soft', 'dddddddddd'])
    expect(read?.other).not.toHaveProperty('VAE')
  })

  it('says which UniPC it was, since that of A1111 is another', () => {
    const read = readA1111(writeA1111(sampleRecipe({ sampler: 'unipc' })))
    expect(read).toMatchObject({ sampler: { value: 'UniPC' }, other: { 'UniPC variant': 'bh2', 'UniPC order': '2' } })
    expect(writeA1111(sampleRecipe())).not.toContain('UniPC')
  })

  it('leaves out what is not there', () => {
    expect(writeA1111(sampleRecipe({ prompt: '', model: { name: 'm', hash: null } }))).toBe(
      'Steps: 20, Sampler: DDIM, Schedule type: DDIM, CFG scale: 5, Seed: 18446744073709551615, Size: 128x96, ' +
        'Model: m, RNG: CPU, Version: Attune 0.1.0',
    )
  })

  it('is read back whatever the prompt holds', () => {
    // A1111 trims every line, and takes a line that begins with its own label for the negative prompt.
    const line = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) =>
      text
        .replace(/[\p{C}\u2028\u2029]/gu, '')
        .trim()
        .replace(/^Negative prompt:/, ''),
    )
    const prompt = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n').trim())
    fc.assert(
      fc.property(prompt, prompt, fc.bigInt(0n, 2n ** 64n - 1n), (text, negative, seed) => {
        const recipe = sampleRecipe({ prompt: text, negative, seed: seed.toString() })
        const read = readA1111(writeA1111(recipe))
        expect([read?.prompt?.value, read?.negative?.value, read?.seed?.value]).toEqual([text, negative, recipe.seed])
      }),
      { numRuns: 300 },
    )
  })
})

const forge = `masterpiece, (a cat:1.2)
second line <lora:detail:0.7><lora:style_v2:-1:0.5>
Negative prompt: lowres, "quoted": yes
more of it
Steps: 28, Sampler: DPM++ 2M SDE, Schedule type: Exponential, CFG scale: 5.5, Seed: 965400086, Size: 832x1216, Model hash: 45dee52b7c, Model: dreamshaper_8, Denoising strength: 0.35, Clip skip: 2, Hires upscale: 1.5, Hires prompt: "a, b: \\"c\\"\\nd", ControlNet 0: "Module: canny, Model: x", Lora hashes: "detail: a1b2c3, style_v2: d4", Version: f2.0.1v1.10.1-previous-659`

describe('reading', () => {
  it('takes Forge apart, with the place of everything', () => {
    expect(readA1111(forge)).toEqual({
      source: 'a1111',
      program: { value: 'f2.0.1v1.10.1-previous-659', from: 'parameters: Version' },
      prompt: {
        value: 'masterpiece, (a cat:1.2)\nsecond line <lora:detail:0.7><lora:style_v2:-1:0.5>',
        from: 'parameters: first lines',
      },
      negative: { value: 'lowres, "quoted": yes\nmore of it', from: 'parameters: Negative prompt' },
      seed: { value: '965400086', from: 'parameters: Seed' },
      steps: { value: 28, from: 'parameters: Steps' },
      cfgScale: { value: 5.5, from: 'parameters: CFG scale' },
      sampler: { value: 'DPM++ 2M SDE', from: 'parameters: Sampler' },
      schedule: { value: 'Exponential', from: 'parameters: Schedule type' },
      model: { value: 'dreamshaper_8', from: 'parameters: Model' },
      modelHash: { value: '45dee52b7c', from: 'parameters: Model hash' },
      width: { value: 832, from: 'parameters: Size' },
      height: { value: 1216, from: 'parameters: Size' },
      clipSkip: { value: 2, from: 'parameters: Clip skip' },
      denoise: { value: 0.35, from: 'parameters: Denoising strength' },
      loras: [
        { name: 'detail', strength: 0.7, hash: 'a1b2c3' },
        { name: 'style_v2', strength: -1, hash: 'd4' },
      ],
      other: {
        'Hires upscale': '1.5',
        'Hires prompt': 'a, b: "c"\nd',
        'ControlNet 0': 'Module: canny, Model: x',
        'Lora hashes': 'detail: a1b2c3, style_v2: d4',
      },
      notes: ['noise-from-gpu', 'several-passes', 'control-network', 'file-names-only'],
    })
  })

  const settings = 'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1'

  it.each([
    ['RNG: CPU', []],
    ['RNG: NV', ['noise-from-philox']],
    ['Version: v1.6.0', ['noise-from-gpu']],
    ['Size: 512x512', ['noise-from-gpu-likely']],
    ['RNG: CPU, Denoising strength: 0.5', ['needs-source-picture']],
    ['RNG: CPU, Refiner: x', ['refiner']],
    ['RNG: CPU, Sharpness: 2', ['own-sampling']],
  ])('says what cannot be reproduced: %s', (more, notes) => {
    expect(readA1111(`a cat\n${settings}, ${more}`)?.notes).toEqual(notes)
  })

  it.each([
    ['VAE hash: c6a580b13a, VAE: vae-ft-mse.ckpt', ['vae-ft-mse', 'c6a580b13a']],
    ['VAE: None', [undefined, undefined]],
    ['VAE hash: c6a580b13a, VAE: Automatic', [undefined, undefined]],
  ])('takes a VAE in place of the own one: %s', (more, expected) => {
    const read = readA1111(`a cat\n${settings}, ${more}`)
    expect([read?.vae?.value, read?.vaeHash?.value]).toEqual(expected)
  })

  it('passes over lists of Civitai without losing what follows', () => {
    const text = `a cat\n${settings}, Civitai resources: [{"type":"lora","weight":0.8,"modelName":"a, \\"b\\": ]"}], Model: m`
    expect(readA1111(text)?.model?.value).toBe('m')
  })

  it.each([
    ['an ordinary sentence', 'a cat, 3:4, really: yes'],
    ['two settings', 'a cat\nSteps: 20, Seed: 1'],
    ['JSON', '{"prompt": "a cat", "seed": 1, "steps": 2, "cfg": 3}'],
    ['nothing', ''],
  ])('does not take %s for settings', (_, text) => {
    expect(readA1111(text)?.seed).toBeUndefined()
  })

  it('keeps a prompt whose settings are missing but whose negative prompt says what it is', () => {
    const read = readA1111('a cat\nNegative prompt: dog')
    expect([read?.prompt?.value, read?.negative?.value, read?.notes]).toEqual(['a cat', 'dog', []])
  })

  it('cleans what a terminal or a page could stumble over', () => {
    const read = readA1111(`a\u0000\u001b[31m c\u202eat\ud800\r\nx\n${settings}, Model: \u0007m\u0085`)
    expect([read?.prompt?.value, read?.model?.value]).toEqual(['a[31m cat\ufffd\nx', 'm'])
  })

  it.each([
    ['words without a colon', 'a'.repeat(100_000)],
    ['open quotes', 'Steps: "'.repeat(20_000)],
    ['open brackets', 'a: [{'.repeat(20_000)],
    ['escapes', `a: "${'\\"'.repeat(50_000)}`],
    ['commas', ','.repeat(100_000)],
    ['colons', ':'.repeat(100_000)],
    ['open LoRA tags', '<lora:'.repeat(20_000)],
    ['line breaks', '\n'.repeat(100_000)],
  ])('is quick whatever it is given: %s', (_, text) => {
    const start = performance.now()
    readA1111(text)
    readA1111(`${settings}, ${text}`)
    expect(performance.now() - start).toBeLessThan(2000) // linear takes a few ms; quadratic would take minutes
  })
})
