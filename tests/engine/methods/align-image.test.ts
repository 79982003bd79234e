import { describe, expect, it } from 'vitest'
import type { RawPicture } from '../../../engine/contract/records.ts'
import type { Machine } from '../../../engine/machine/machine.ts'
import { alignImage, defaultAlignOptions, type AlignOptions } from '../../../engine/methods/align-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { side, wordMachine, wordTraits, type KnownWord } from './word-machine.ts'

const picture: RawPicture = { width: side, height: side, channels: 3, data: new Uint8Array(side * side * 3) }

/** A cat in the upper quarter, a bright pizza in the lower half; a dog that the machine would draw but the picture lacks. */
const cat: KnownWord = { word: 'cat', brightness: 1, places: [0, 16] }
const pizza: KnownWord = { word: 'pizza', brightness: 2, places: [32, 64] }
const dog: KnownWord = { word: 'dog', brightness: -1, places: [0, 8] }
const machine = wordMachine([cat, pizza, dog])

interface AlignChanges {
  readonly on?: Machine
  readonly words?: readonly string[]
  readonly options?: Partial<AlignOptions>
  readonly signal?: AbortSignal
  readonly picture?: RawPicture
  readonly onProgress?: (text: string) => void
}

const align = (prompt: string, changes: AlignChanges = {}) => {
  const { on = machine, words, options, signal = new AbortController().signal, onProgress } = changes
  return alignImage({
    machine: on,
    prompts: promptEncoder(on),
    picture: changes.picture ?? picture,
    prompt,
    words,
    options: { ...defaultAlignOptions, ...options },
    run: { signal, progress: ({ done, total, stage }) => onProgress?.(`${stage} ${done}/${total}`) },
  })
}

/** Energy of the words: places times brightness squared. */
const [catEnergy, pizzaEnergy] = [16 * 1, 32 * 4]

describe('alignImage', () => {
  it('scores a word by the share of the error that it takes away', async () => {
    const { report } = await align('a cat and a pizza')
    const [first, second] = report.words
    // The error at every step is proportional to the energy of what the prompt leaves out.
    expect(first?.score.value).toBeCloseTo(catEnergy / (catEnergy + pizzaEnergy), 5)
    expect(second?.score.value).toBeCloseTo(pizzaEnergy / (catEnergy + pizzaEnergy), 5)
    expect(report.words.map(({ word, isAppended }) => [word, isAppended])).toEqual([
      ['cat', false],
      ['pizza', false],
    ])
  })

  it('judges a word that the prompt lacks as if it stood at its end', async () => {
    const { report } = await align('a cat and a pizza', { words: ['pizza', 'dog'] })
    const [, absent] = report.words
    expect(absent).toMatchObject({ word: 'dog', isAppended: true, maskShare: 0, score: { verdict: 'ignored' } })
    // It puts energy 8 where nothing should be.
    expect(absent?.score.value).toBeCloseTo(-8 / (catEnergy + pizzaEnergy), 5)
  })

  it('judges each word alone when there is no prompt', async () => {
    const { report } = await align('', { words: ['pizza'] })
    expect(report.form).toBe('alone')
    expect(report.words[0]?.score.value).toBeCloseTo(pizzaEnergy / (catEnergy + pizzaEnergy), 5)
  })

  it('marks the pixels of each word, and none for a word that the picture ignores', async () => {
    const { labels, report } = await align('a cat and a pizza', { words: ['dog', 'pizza', 'cat'] })
    const expected = Array.from({ length: 64 }, (_, place) => (place < 16 ? 2 : place >= 32 ? 1 : -1))
    expect(Array.from(labels.data)).toEqual(expected)
    expect(report.words.map(({ maskShare }) => maskShare)).toEqual([0, 0.5, 0.25])
  })

  it('brings labels to the size of the picture', async () => {
    const large = { width: 24, height: 16, channels: 4 as const, data: new Uint8Array(24 * 16 * 4) }
    const { labels } = await align('a cat', { picture: large })
    expect(labels.shape).toEqual([16, 24])
  })

  it('leaves all maps as the attention has them at strength 1 and for a single word (V16)', async () => {
    const both = await align('a cat and a pizza', { options: { strength: 1 } })
    for (const { heat, plainHeat } of both.heats) expect(heat).toEqual(plainHeat)
    const single = await align('a cat')
    expect(single.report.words[0]?.exponent).toBe(1)
    expect(single.heats[0]?.heat).toEqual(single.heats[0]?.plainHeat)
  })

  it('sharpens the map of the word that is aligned worst', async () => {
    const { report } = await align('a cat and a pizza')
    expect(report.words[1]?.exponent).toBe(1)
    expect(report.words[0]?.exponent).toBeGreaterThan(1)
  })

  it('takes thresholds and layers that were measured for the model', async () => {
    const traits = wordTraits({ alignment: { presentScore: 0.5, threshold: 0.7, layers: 'up' } })
    const { report } = await align('a cat and a pizza', { on: wordMachine([cat, pizza], { traits }) })
    expect(report.threshold).toBe(0.7)
    expect(report.words.map(({ score }) => score.verdict)).toEqual(['weak', 'present'])
  })

  it('gives the same numbers for the same seed', async () => {
    const exact = await align('a cat and a pizza', { options: { seed: 3n } })
    expect(await align('a cat and a pizza', { options: { seed: 3n } })).toEqual(exact)
  })

  it('counts every run, and stops between two of them', async () => {
    const seen: string[] = []
    const controller = new AbortController()
    const options = { steps: 2, mapSteps: 1 }
    await align('a cat', { options, onProgress: (text) => seen.push(text) })
    // picture, 2 levels x (prompt, without = empty), 1 map
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((done) => `align ${done}/6`))
    const stopping = align('a cat', {
      options,
      signal: controller.signal,
      onProgress: (text) => {
        if (text === 'align 3/6') controller.abort()
      },
    })
    await expect(stopping).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('alignImage refuses', () => {
  it.each([
    ['a prompt that names nothing', 'the of', undefined, 'words: no word that names anything'],
    ['no prompt and no words', '', undefined, 'words: no word that names anything'],
    ['a word without letters', 'a cat', [' '], 'words: " ", expected a word with letters or digits'],
    ['a word twice', 'a cat', ['cat', 'CAT'], 'words: "CAT" twice'],
    ['too many words', 'a cat', Array.from({ length: 65 }, (_, i) => `w${i}`), 'words: 65 words, expected at most 64'],
  ])('%s', async (_, prompt, words, message) => {
    const changes = words === undefined ? {} : { words }
    await expect(align(prompt, changes)).rejects.toThrow(message)
  })

  it('a network whose numbers overflow, and says where', async () => {
    const broken = wordMachine([cat], {
      predict: async ({ sample }) => ({ shape: sample.shape, data: sample.data.map(() => NaN) }),
    })
    await expect(align('a cat', { on: broken })).rejects.toMatchObject({
      code: 'numbers-not-finite',
      facts: { where: 'word score' },
    })
  })

  it('an inpainting model', async () => {
    const inpainting = wordMachine([cat], { traits: wordTraits({ isInpainting: true }) })
    await expect(align('a cat', { on: inpainting })).rejects.toMatchObject({ code: 'model-unsupported' })
  })

  it('a picture with missing bytes', async () => {
    const torn = { ...picture, data: picture.data.subarray(1) }
    await expect(align('a cat', { picture: torn })).rejects.toMatchObject({ code: 'shape-mismatch' })
  })
})
