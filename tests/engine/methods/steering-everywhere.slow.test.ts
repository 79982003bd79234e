import { afterAll, describe, expect, it } from 'vitest'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import {
  generateRequestSchema,
  steeringKinds,
  type RawPicture,
  type SteeringKind,
} from '../../../engine/contract/records.ts'
import { samplers } from '../../../engine/diffusion/samplers/samplers.ts'
import { generateImage } from '../../../engine/methods/generate-image.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { openMachine, type OpenMachine } from '../../../engine/runtime/open-machine.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import { openPipeline, openRecorded } from '../checkpoint/recorded-files.ts'
import { wordTraits } from './word-machine.ts'

interface Opened {
  readonly machine: OpenMachine
  /** Width of what the network is told of the prompt. */
  readonly contextWidth: number
}
const machines = new Map<string, Promise<Opened>>()
afterAll(async () => {
  for (const opened of machines.values()) await (await opened).machine.close()
})

/** Tiny networks with the layout of each family. */
const models: readonly (readonly [name: string, open: () => Promise<ModelFiles>])[] = [
  ['SD 1.5', openPipeline],
  ['SD 2.1', () => openRecorded('sd21')],
  ['SDXL', () => openRecorded('sdxl')],
]
const predictions = ['epsilon', 'v_prediction'] as const

const machineOf = (name: string, open: () => Promise<ModelFiles>): Promise<Opened> => {
  const openNow = async (): Promise<Opened> => {
    const files = await open()
    return { machine: openMachine(files, { threads: 1 }), contextWidth: files.unet.config.cross_attention_dim }
  }
  const known = machines.get(name) ?? openNow()
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

/**
 * The words of the bundled model's tokenizer with a random state for each prompt: these networks were never trained, and the
 * recorded files keep smaller text encoders than their networks listen to.
 */
const [words] = wordTraits().towers
if (words === undefined) throw new Error('the traits have a tower')
const machineWith = ({ machine, contextWidth }: Opened, predictionType: (typeof predictions)[number]): OpenMachine => {
  const { traits } = machine
  const width = contextWidth / traits.towers.length
  const { vocabulary, merges } = words
  const towers = traits.towers.map((tower) => ({ ...tower, vocabulary, merges, width }))
  return {
    ...machine,
    traits: { ...traits, towers, noise: { ...traits.noise, predictionType } },
    encodeText: async ({ ids }) => {
      const seed = ids.flat().reduce((sum, id) => sum + id, 0)
      return {
        states: torchRandn([ids.length, towers[0]?.maxTokens ?? 0, width], seed),
        pooled: torchRandn([ids.length, pooledOfRecorded], seed),
      }
    },
  }
}
/** What the recorded SDXL network takes. */
const pooledOfRecorded = 32

const draw = async (machine: OpenMachine, sampler: string, steering: SteeringKind) =>
  generateImage({
    machine,
    prompts: promptEncoder(machine),
    request: generateRequestSchema.parse({
      prompt: 'a cat and a moon',
      steps: 3,
      width: 64,
      height: 64,
      sampler,
      steering,
      layout,
    }),
    seed: 5n,
    run: { signal: new AbortController().signal, progress: () => undefined },
  })

/** Every sampler on one layout; on the others one that looks once in a step and one that looks twice. */
const samplersOn = (name: string): readonly string[] =>
  name === 'SD 1.5' ? samplers.map(({ id }) => id) : ['ddim', 'heun']

/** Pictures of each model without steering, by sampler; drawn once, one steering after another needs fewest sessions. */
const plainPictures = new Map<string, ReadonlyMap<string, RawPicture>>()
const plainOf = async (name: string, machine: OpenMachine): Promise<ReadonlyMap<string, RawPicture>> => {
  const key = `${name}, ${machine.traits.noise.predictionType}`
  const known = plainPictures.get(key)
  if (known !== undefined) return known
  const drawn = new Map<string, RawPicture>()
  for (const id of samplersOn(name)) drawn.set(id, (await draw(machine, id, 'none')).picture)
  plainPictures.set(key, drawn)
  return drawn
}

const cases = models.flatMap(([name, open]) =>
  predictions.flatMap((prediction) => steeringKinds.map((steering) => ({ name, open, prediction, steering }))),
)

describe('every way of steering', () => {
  it.each(cases)(
    'on $name with $prediction: $steering bends the picture and finds its regions',
    { timeout: 120_000 },
    async ({ name, open, prediction, steering }) => {
      const machine = machineWith(await machineOf(name, open), prediction)
      const plain = await plainOf(name, machine)
      for (const id of samplersOn(name)) {
        const { picture, coverage, notes } = await draw(machine, id, steering)
        const stops = notes.filter((note) => note.startsWith('stopped'))
        const isSame = picture.data.every((value, i) => value === plain.get(id)?.data[i])
        const found = { stops, regions: coverage.map((region) => region.id), isSame }
        expect(found, id).toEqual({ stops: [], regions: ['cat', 'moon'], isSame: steering === 'none' })
      }
    },
  )
})
