import { describe, expect, it } from 'vitest'
import { EngineError } from '../../../engine/contract/failures.ts'
import { generateRequestSchema, type GenerateRequestInput } from '../../../engine/contract/records.ts'
import type { AttendCall, Machine } from '../../../engine/machine/machine.ts'
import { generateImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { watchedSteps } from '../../../engine/methods/watch-words.ts'
import { wordMachine } from './word-machine.ts'

const words = [
  { word: 'pizza', brightness: 1, places: [0, 16] },
  { word: 'lemon', brightness: 1, places: [32, 64] },
] as const

/** The machine of formulas, which also shows its maps when they are asked for; and what it was asked. */
const watchedMachine = () => {
  const machine = wordMachine(words)
  const asked: AttendCall[] = []
  const attend: Machine['attend'] = async (call) => {
    asked.push(call)
    const attended = await machine.attend(call)
    return { ...attended, maps: attended.alignment?.words ?? [] }
  }
  // Pixels are the first three channels of the latents.
  const decodeLatents: Machine['decodeLatents'] = async ({ shape: [, , height = 0, width = 0], data }) => ({
    shape: [1, 3, height, width],
    data: data.slice(0, 3 * height * width),
  })
  return { machine: { ...machine, attend, decodeLatents }, asked }
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
  it('looks twice in the last third of the steps, and draws the same picture', async () => {
    const plain = watchedMachine()
    const watched = watchedMachine()
    const before = await draw(plain.machine, request, false)
    const after = await draw(watched.machine, request, true)
    expect(after.picture).toEqual(before.picture)
    expect([plain.asked.length, watched.asked.length]).toEqual([0, 2])
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
    const full: Machine = {
      ...machine,
      attend: async () => Promise.reject(new EngineError('out-of-memory', { where: 'unet', found: 'no room' })),
    }
    const { marks, notes } = await draw(full, request, true)
    expect(marks).toEqual([])
    expect(notes).toEqual(['marks-skipped: no room'])
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
