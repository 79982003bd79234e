import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import { guidances } from '../../../engine/diffusion/guidance/guidances.ts'
import { findSampler } from '../../../engine/diffusion/find-sampler.ts'
import { denoiserOf } from '../../../engine/diffusion/prediction.ts'
import type { SamplerEntry } from '../../../engine/diffusion/samplers/samplers.ts'
import { buildSchedule } from '../../../engine/diffusion/schedule.ts'
import { scheduleOfStrength, startFromLatents } from '../../../engine/diffusion/start.ts'
import type { Denoiser, Schedule } from '../../../engine/machine/denoiser.ts'
import type { Conditioning, Machine } from '../../../engine/machine/machine.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import { samplesOf, scale, stackSamples } from '../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { compare, readExpected, type Expected } from './read-case.ts'

/** Whole trajectories, from token ids to pixels. */
export const pipelineCase: CaseKind = {
  name: 'pipeline',
  matches: (caseName) => caseName.startsWith('pipeline'),
  check: async (folder) => {
    const settings = settingsSchema.parse(JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')))
    const isSdxl = basename(folder) === 'pipeline-sdxl'
    // The rescale and img2img cases use the checkpoint and the ids of `pipeline` beside them.
    const modelFolder = isSdxl ? folder : join(folder, '../pipeline')
    const machine = openMachine(await openModelFolder(modelFolder, { needsTokenizer: false }), { threads: 1 })
    try {
      const expected = await readExpected(folder)
      const ids = await readExpected(modelFolder)
      const conditionings = isSdxl ? await sdxlConditionings(machine, expected) : await conditioningsOf(machine, ids)
      return {
        tolerance: 1e-4,
        rows: [...conditionings.rows, ...(await sample({ machine, settings, expected, ...conditionings }))],
      }
    } finally {
      await machine.close()
    }
  },
}

const settingsSchema = z.object({
  steps: z.int(),
  guidance_scale: z.number(),
  sampler: z.string(),
  strength: z.number().optional(),
  rescale: z.number().default(0),
})

interface Conditionings {
  readonly conditional: Conditioning
  readonly negative: Conditioning
  readonly rows: readonly CaseRow[]
}

const conditioningsOf = async (machine: Machine, expected: Expected): Promise<Conditionings> => {
  const encode = async (name: string): Promise<Conditioning> => ({
    context: (await encodeIds(machine, 0, await expected.read(name))).states,
  })
  return { conditional: await encode('input_ids'), negative: await encode('negative_ids'), rows: [] }
}

const encodeIds = (machine: Machine, tower: number, ids: NdArray) => {
  const state = machine.traits.towers[tower]?.state ?? { layersFromEnd: 0, isNormed: true }
  return machine.encodeText({ tower, ids: [Array.from(ids.data)], state })
}

/** Both towers side by side; the empty negative prompt is zeros. */
const sdxlConditionings = async (machine: Machine, expected: Expected): Promise<Conditionings> => {
  const first = await encodeIds(machine, 0, await expected.read('input_ids'))
  const second = await encodeIds(machine, 1, await expected.read('input_ids_2'))
  const context = joinWidths(first.states, second.states)
  const timeIds = await expected.read('time_ids')
  return {
    conditional: { context, pooled: second.pooled, timeIds },
    negative: { context: scale(context, 0), pooled: scale(second.pooled, 0), timeIds },
    rows: [
      compare('context', context, await expected.read('context')),
      compare('pooled', second.pooled, await expected.read('pooled')),
    ],
  }
}

const joinWidths = (a: NdArray, b: NdArray): NdArray => {
  const [tokens = 1, left = 1, right = 1] = [a.shape[1], a.shape[2], b.shape[2]]
  const data = new Float32Array(tokens * (left + right))
  for (let token = 0; token < tokens; token += 1) {
    data.set(a.data.subarray(token * left, (token + 1) * left), token * (left + right))
    data.set(b.data.subarray(token * right, (token + 1) * right), token * (left + right) + left)
  }
  return { shape: [1, tokens, left + right], data }
}

interface SampleInput extends Omit<Conditionings, 'rows'> {
  readonly machine: Machine
  readonly settings: z.infer<typeof settingsSchema>
  readonly expected: Expected
}

const sample = async ({ machine, settings, expected, conditional, negative }: SampleInput): Promise<CaseRow[]> => {
  const sampler: SamplerEntry = findSampler(settings.sampler)
  const { noise } = machine.traits
  const whole = buildSchedule({ sampler, config: noise, kind: sampler.defaultSchedule, steps: settings.steps })
  const schedule = settings.strength === undefined ? whole : scheduleOfStrength(whole, settings.strength)
  // DDIM was recorded in variance-preserving coordinates, Euler as x = x0 + sigma n.
  const coordinates = (sigma: number): number => (settings.sampler === 'euler' ? 1 : 1 / Math.hypot(1, sigma))
  const recorded = await expected.read('trajectory')
  const states = samplesOf({ shape: recorded.shape, data: recorded.data }).map(({ shape, data }) => ({
    shape: shape.slice(1),
    data,
  }))
  const [first] = states
  if (first === undefined) throw new RangeError('the recorded trajectory is empty')
  const start = scale(first, 1 / coordinates(schedule[0]?.sigma ?? NaN))
  const found: NdArray[] = []
  const latents = await sampler.sample({
    denoise: guided({ machine, settings, conditional, negative, schedule }),
    x: start,
    schedule,
    noise: () => scale(first, NaN), // none of these samplers draws any
    run: {
      signal: new AbortController().signal,
      stepped: ({ state }) => void found.push(scale(state.x, coordinates(schedule[state.done]?.sigma ?? NaN))),
    },
  })
  const rows = [compare('trajectory', joined(found), joined(states.slice(1)))]
  if (settings.strength !== undefined) rows.push(...(await startRows(machine, expected, start, schedule)))
  const picture = settings.strength === undefined ? 'image' : 'output'
  if (expected.names.includes(picture))
    rows.push(
      compare(
        picture,
        await machine.decodeLatents(scale(latents, coordinates(lastSigma(schedule)))),
        await expected.read(picture),
      ),
    )
  return rows
}

/** The last latents are decoded as they were recorded, with what noise is left in them. */
const lastSigma = (schedule: Schedule): number => schedule.at(-1)?.sigma ?? NaN

const joined = (arrays: readonly NdArray[]): NdArray => {
  const [first, ...others] = arrays
  if (first === undefined) throw new RangeError('no states to compare')
  return stackSamples([first, ...others])
}

const guided = ({
  machine,
  settings,
  conditional,
  negative,
  schedule,
}: Omit<SampleInput, 'expected'> & { readonly schedule: Schedule }): Denoiser => {
  const { predictionType } = machine.traits.noise
  const denoiser = (conditioning: Conditioning): Denoiser =>
    denoiserOf((sample, timestep) => machine.predict({ sample, timestep, conditioning }), predictionType)
  return guidances[0].guide({
    conditional: denoiser(conditional),
    negative: denoiser(negative),
    scale: settings.guidance_scale,
    rescale: settings.rescale,
    prediction: predictionType,
    schedule,
  }).denoise
}

/** img2img: the picture's latents, the timesteps that its strength leaves, and the noisy start. */
const startRows = async (
  machine: Machine,
  expected: Expected,
  start: NdArray,
  schedule: Schedule,
): Promise<CaseRow[]> => {
  const latents = await machine.encodeImage(await expected.read('image'))
  const timesteps = Float32Array.from(schedule.slice(0, -1), ({ timestep }) => timestep)
  return [
    compare('latents', latents, await expected.read('latents')),
    compare('timesteps', { shape: [timesteps.length], data: timesteps }, await expected.read('timesteps')),
    compare('start', startFromLatents(latents, await expected.read('noise'), schedule), start),
  ]
}
