import { describe, expect, it } from 'vitest'
import { generateRequestSchema, type GenerateRequestInput } from '../../../engine/contract/records.ts'
import type { Machine, PredictCall } from '../../../engine/machine/machine.ts'
import type { Progress } from '../../../engine/machine/run.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { reweighImage } from '../../../engine/methods/reweigh-image.ts'
import { weightsOf, wordMachine, wordTraits, type KnownWord } from './word-machine.ts'

const cat: KnownWord = { word: 'cat', brightness: 1, places: [0, 8] }
const dog: KnownWord = { word: 'dog', brightness: 1, places: [32, 40] }
const decodeLatents: Machine['decodeLatents'] = async ({ shape: [, , height = 0, width = 0], data }) => ({
  shape: [1, 3, height, width],
  data: data.slice(0, 3 * height * width),
})

/** Draws no dog until the word weighs at least so much more than the others; 'never' for a machine that cannot. */
const forgetful = (leastWeight: number) => {
  const [lacking, showing] = [wordMachine([cat, { ...dog, brightness: -1 }]), wordMachine([cat, dog])]
  let draws = 0
  let now = lacking
  const choose = ({ timestep, conditioning }: PredictCall): Machine => {
    const weights = weightsOf(conditioning.context)
    const largest = Math.max(...weights) / Math.min(...weights)
    // A picture begins at a level that no look goes up to; captions of a look weigh nothing.
    if (timestep > 900) now = largest > leastWeight - 0.01 ? showing : lacking
    if (timestep > 900) draws += 1
    return now
  }
  const machine: Machine = {
    ...lacking,
    decodeLatents,
    predict: (call) => choose(call).predict(call),
    attend: (call) => now.attend(call),
    encodeImage: (picture) => now.encodeImage(picture),
  }
  return { machine, draws: () => draws }
}

const draw = (machine: Machine, request: GenerateRequestInput, onProgress?: (progress: Progress) => void) =>
  reweighImage({
    machine,
    prompts: promptEncoder(machine),
    request: generateRequestSchema.parse({
      prompt: 'a cat and a dog',
      steps: 3,
      sampler: 'ddim',
      schedule: 'trailing',
      guidance: 'none',
      ...request,
    }),
    seed: 3n,
    run: { signal: new AbortController().signal, progress: (progress) => onProgress?.(progress) },
  })

describe('reweighImage', () => {
  it('keeps the first picture and looks at nothing unless it is asked to', async () => {
    const { machine, draws } = forgetful(1.2)
    const attend: Machine['attend'] = () => Promise.reject(new Error('nobody asked for a look'))
    for (const reweigh of [undefined, 1]) {
      const { weights, notes } = await draw({ ...machine, attend }, { reweigh })
      expect([weights, notes]).toEqual([[], []])
    }
    expect(draws()).toBe(2)
  })

  it('keeps the first picture when it shows everything', async () => {
    const { machine, draws } = forgetful(1)
    const { weights, notes, request } = await draw(machine, { reweigh: 1.2 })
    expect([draws(), weights, notes, request.prompt]).toEqual([1, [], [], 'a cat and a dog'])
  })

  it.each([
    ['once', 1.2, 1.2, 2],
    ['twice where once is not enough', 1.44, 1.44, 3],
  ])('gives a phrase that is not shown more weight and draws again, %s', async (_, needed, weight, drawn) => {
    const { machine, draws } = forgetful(needed)
    const { weights, notes, request } = await draw(machine, { reweigh: 1.2 })
    expect(draws()).toBe(drawn)
    expect(weights).toEqual([{ phrase: 'dog', weight }])
    expect(notes).toEqual([`phrases-weighed: dog ${weight}`])
    expect(request).toMatchObject({ prompt: `a cat and a (dog:${weight})` })
    expect(request.reweigh).toBeUndefined()
  })

  it('draws the picture that its own request says, without another look', async () => {
    const { machine } = forgetful(1.2)
    const found = await draw(machine, { reweigh: 1.2 })
    const again = await draw(machine, found.request)
    expect(again.picture).toEqual(found.picture)
  })

  it('keeps the first picture when weights do not help, and says what is missing', async () => {
    const { machine, draws } = forgetful(Infinity)
    const { weights, notes, request } = await draw(machine, { reweigh: 1.2 })
    expect([draws(), weights, notes]).toEqual([3, [], ['phrases-not-shown: dog']])
    expect(request.prompt).toBe('a cat and a dog')
  })

  it('tells how far each drawing and each look is, a drawing always in the steps that were asked for', async () => {
    const told: Progress[] = []
    await draw(forgetful(1.2).machine, { reweigh: 1.2 }, (progress) => told.push(progress))
    // A part begins where the count falls.
    const parts = told.reduce<Progress[][]>((all, progress, i) => {
      const isNext = i === 0 || progress.done < (told[i - 1]?.done ?? 0)
      return isNext ? [...all, [progress]] : [...all.slice(0, -1), [...(all.at(-1) ?? []), progress]]
    }, [])
    expect(parts.map((part) => [...new Set(part.map(({ stage }) => stage))])).toEqual([
      ['encode', 'denoise', 'decode'],
      ['look'],
      ['encode', 'denoise', 'decode'],
      ['look'],
    ])
    for (const part of parts) {
      const [first] = part
      expect(part.map(({ done }) => done)).toEqual(part.map((_, i) => i + 1))
      expect(part.every(({ total }) => total === first?.total)).toBe(true)
      expect(part.length).toBe(first?.stage === 'look' ? first.total : 3 + 2)
    }
  })

  const region = (phrase: string) => ({
    id: phrase,
    phrase,
    shape: { kind: 'box' as const, x: 0, y: 0, width: 32, height: 32 },
  })

  it('weighs phrases that only regions name, and its own request draws the picture again without them appended', async () => {
    const { machine } = forgetful(1.2)
    const layout = { version: 1 as const, width: 64, height: 64, regions: [region('a dog')] }
    const asked = { prompt: 'a cat', layout, steering: 'none' as const }
    const found = await draw(machine, { ...asked, reweigh: 1.2 })
    expect(found.request.prompt).toBe('a cat, a (dog:1.2)')
    expect(found.weights).toEqual([{ phrase: 'dog', weight: 1.2 }])
    expect(found.notes).toEqual(['region-phrase-appended: a dog', 'phrases-weighed: dog 1.2'])
    const again = await draw(machine, found.request)
    expect(again.picture).toEqual(found.picture)
    expect(again.notes).toEqual([])
  })

  it('keeps the prompt as it was typed where the first picture shows what regions name', async () => {
    const { machine } = forgetful(1)
    const layout = { version: 1 as const, width: 64, height: 64, regions: [region('a dog')] }
    const { request, notes } = await draw(machine, { prompt: 'a cat', layout, steering: 'none', reweigh: 1.2 })
    expect([request.prompt, notes]).toEqual(['a cat', ['region-phrase-appended: a dog']])
  })

  it('keeps the first picture of a network for inpainting, which cannot look, and says so', async () => {
    const { machine, draws } = forgetful(1.2)
    const holes = { ...machine, traits: wordTraits({ isInpainting: true }) }
    const { weights, notes, request } = await draw(holes, { reweigh: 1.2 })
    expect([draws(), weights, notes]).toEqual([1, [], ['phrases-not-looked-for']])
    expect(request.prompt).toBe('a cat and a dog')
  })
})
