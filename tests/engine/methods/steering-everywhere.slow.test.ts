import { afterAll, describe, expect, it } from 'vitest'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import { generateRequestSchema, steeringKinds, type SteeringKind } from '../../../engine/contract/records.ts'
import { samplers } from '../../../engine/diffusion/samplers/samplers.ts'
import { generateImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { openMachine, type OpenMachine } from '../../../engine/runtime/open-machine.ts'
import { openPipeline, openRecorded } from '../checkpoint/recorded-files.ts'
import { wordTraits } from './word-machine.ts'

const machines = new Map<string, Promise<OpenMachine>>()
afterAll(async () => {
  for (const machine of machines.values()) await (await machine).close()
})

/** Tiny networks with the layout of each family. */
const models: readonly (readonly [name: string, open: () => Promise<ModelFiles>])[] = [
  ['SD 1.5', openPipeline],
  ['SD 2.1', () => openRecorded('sd21')],
  ['SDXL', () => openRecorded('sdxl')],
]
const predictions = ['epsilon', 'v_prediction'] as const

const machineOf = (name: string, open: () => Promise<ModelFiles>): Promise<OpenMachine> => {
  const known = machines.get(name) ?? open().then((files) => openMachine(files, { threads: 1 }))
  machines.set(name, known)
  return known
}

const layout = {
  version: 1 as const,
  width: 100, // another size than the picture's
  height: 100,
  regions: [
    { id: 'cat', phrase: 'a cat', shape: { kind: 'box' as const, x: 0, y: 0, width: 50, height: 100 } },
    { id: 'moon', phrase: 'a moon', shape: { kind: 'box' as const, x: 50, y: 0, width: 50, height: 60 } },
  ],
}

/** The words of the bundled model's tokenizer stand for other tokens of these networks, which were never trained. */
const [words] = wordTraits().towers
const machineWith = (opened: OpenMachine, predictionType: (typeof predictions)[number]): OpenMachine => {
  const { traits } = opened
  const towers = traits.towers.map((tower) => ({
    ...tower,
    vocabulary: words?.vocabulary ?? '',
    merges: words?.merges ?? '',
    startId: words?.startId ?? 0,
    endId: words?.endId ?? 0,
  }))
  return {
    ...opened,
    traits: { ...traits, towers, noise: { ...traits.noise, predictionType } },
    encodeText: (call) => opened.encodeText({ ...call, ids: call.ids.map((row) => row.map((id) => id % leastTokens)) }),
  }
}
/** Tokens that each of their text encoders knows. */
const leastTokens = 100

const draw = async (machine: OpenMachine, sampler: string, steering: SteeringKind) =>
  generateImage({
    machine,
    prompts: promptEncoder(machine),
    request: generateRequestSchema.parse({
      prompt: 'a cat and a moon',
      steps: 4,
      width: 64,
      height: 64,
      sampler,
      steering,
      layout,
    }),
    seed: 5n,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })

const cases = models.flatMap(([name, open]) =>
  predictions.flatMap((prediction) => samplers.map(({ id }) => ({ name, open, prediction, sampler: id }))),
)

describe('every way of steering', () => {
  it.each(cases)(
    'bends the picture of $sampler on $name with $prediction, and finds its regions',
    { timeout: 120_000 },
    async ({ name, open, prediction, sampler }) => {
      const opened = await machineOf(name, open)
      const machine = machineWith(opened, prediction)
      const plain = await draw(machine, sampler, 'none')
      for (const steering of steeringKinds) {
        const { picture, coverage, notes } = await draw(machine, sampler, steering)
        expect(
          notes.filter((note) => note.startsWith('stopped')),
          steering,
        ).toEqual([])
        expect(
          coverage.map(({ id }) => id),
          steering,
        ).toEqual(['cat', 'moon'])
        const isSame = picture.data.every((value, i) => value === plain.picture.data[i])
        expect(isSame, steering).toBe(steering === 'none')
      }
    },
  )
})
