import { describe, expect, it } from 'vitest'
import { generateRequestSchema, type GenerateRequestInput } from '../../../engine/contract/records.ts'
import type { Machine, PredictCall } from '../../../engine/machine/machine.ts'
import { generateImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { watchedSteps } from '../../../engine/methods/watch-words.ts'
import { wordMachine } from './word-machine.ts'

const words = [
  { word: 'pizza', brightness: 1, places: [0, 16] },
  { word: 'lemon', brightness: 1, places: [32, 64] },
] as const

/** The machine of formulas, and what it was asked. */
const watchedMachine = () => {
  const machine = wordMachine(words)
  const asked: PredictCall[] = []
  const predict: Machine['predict'] = (call) => {
    asked.push(call)
    return machine.predict(call)
  }
  const attend: Machine['attend'] = () => Promise.reject(new Error('a picture without regions needs no other run'))
  // Pixels are the first three channels of the latents.
  const decodeLatents: Machine['decodeLatents'] = async ({ shape: [, , height = 0, width = 0], data }) => ({
    shape: [1, 3, height, width],
    data: data.slice(0, 3 * height * width),
  })
  return { machine: { ...machine, predict, attend, decodeLatents }, asked }
}

const draw = (machine: Machine, request: GenerateRequestInput, wantsMarks: boolean) =>
  generateImage({
    machine,
    prompts: promptEncoder(machine),
    request: generateRequestSchema.parse({ steps: 9, sampler: 'ddim', ...request }),
    seed: 3n,
    wantsMarks,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })

const request = { prompt: 'a pizza and a lemon' }

describe('watching words while a picture is drawn', () => {
  it('asks for not one run more, and draws the same picture', async () => {
    const plain = watchedMachine()
    const watched = watchedMachine()
    const before = await draw(plain.machine, request, false)
    const after = await draw(watched.machine, request, true)
    expect(after.picture).toEqual(before.picture)
    expect(watched.asked.map(({ timestep }) => timestep)).toEqual(plain.asked.map(({ timestep }) => timestep))
    const isTold = ({ onMaps }: PredictCall): boolean => onMaps !== undefined
    expect([plain.asked.filter(isTold).length, watched.asked.filter(isTold).length]).toEqual([0, 2])
    expect(before.marks).toEqual([])
  })

  it('says for each word what part of the attention it had, and where', async () => {
    const { marks } = await draw(watchedMachine().machine, request, true)
    expect(marks.map(({ word }) => word)).toEqual(['pizza', 'lemon'])
    const [pizza, lemon] = marks
    // 16 places of 0.5 and 48 of 0.1 against 32 of each.
    expect(pizza?.share).toBeCloseTo(12.8 / (12.8 + 19.2), 5)
    expect(lemon?.share).toBeCloseTo(19.2 / (12.8 + 19.2), 5)
    expect(pizza?.map.data[0]).toBeCloseTo(0.5, 5)
    expect(pizza?.map.data[40]).toBeCloseTo(0.1, 5)
  })

  it('watches what a prompt with editing says in the end', async () => {
    const { marks } = await draw(watchedMachine().machine, { prompt: 'a [pizza:lemon:0.5]' }, true)
    expect(marks.map(({ word }) => word)).toEqual(['lemon'])
  })

  it('leaves words out that the prompt does not name any more', async () => {
    const { marks } = await draw(watchedMachine().machine, { prompt: 'the of and' }, true)
    expect(marks).toEqual([])
  })

  it('draws the picture all the same when there is no room to watch it, and says so', async () => {
    const { machine } = watchedMachine()
    const full: Machine = { ...machine, predict: ({ onMaps: _, ...call }) => machine.predict(call) }
    const { marks, notes } = await draw(full, request, true)
    expect(marks).toEqual([])
    expect(notes).toEqual(['marks-skipped: no memory for attention maps'])
  })

  it.each([
    [20, [16, 19]],
    [2, [1]],
    [1, [0]],
  ])('of %i steps it watches %j', (steps, expected) => {
    const schedule = Array.from({ length: steps + 1 }, (_, i) => ({ sigma: steps - i, timestep: i }))
    expect([...watchedSteps(schedule)].sort((a, b) => a - b)).toEqual(expected)
  })
})
