import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { openCheckpoint, type Checkpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { readTensor } from '../../../engine/checkpoint/read-tensor.ts'
import { findSampler } from '../../../engine/diffusion/find-sampler.ts'
import { denoiserOf } from '../../../engine/diffusion/prediction.ts'
import type { SamplerEntry } from '../../../engine/diffusion/samplers/samplers.ts'
import { buildSchedule } from '../../../engine/diffusion/schedule.ts'
import type { ScheduleKind } from '../../../engine/diffusion/schedule-kind.ts'
import { startFromNoise } from '../../../engine/diffusion/start.ts'
import type { Network, Prediction, Schedule } from '../../../engine/machine/denoiser.ts'
import type { NoiseConfig } from '../../../engine/machine/noise-config.ts'
import { samplesOf, scale } from '../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { torchRandn } from '../../../engine/tensor/torch-noise.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { relativeError } from '../relative-error.ts'

/** Trajectories of diffusers' schedulers with the toy network of the note, for both kinds of prediction. */
export const samplerCase: CaseKind = {
  name: 'sampler',
  matches: (caseName) => caseName.startsWith('sampler-'),
  check: async (folder) => {
    const { config, trajectories } = await readDescription(join(folder, 'expected.json'))
    const recorded = await openCheckpoint(join(folder, 'expected.safetensors'))
    const caseName = folder.replace(/^.*sampler-/, '')
    const rows: CaseRow[] = []
    for (const [name, initNoiseSigma] of trajectories) {
      rows.push(...(await checkTrajectory({ caseName, name, initNoiseSigma, config, recorded })))
    }
    return { tolerance: 1e-4, rows }
  },
}

/** Which of our samplers a case is about, where its name is not the id. `karras` and `trailing` stand in the configuration. */
const samplerOfCase: Readonly<Record<string, { readonly id: string; readonly eta?: number }>> = {
  'ddim-eta': { id: 'ddim', eta: 0.5 },
  'euler-ancestral': { id: 'euler-a' },
  'euler-karras': { id: 'euler' },
  'euler-trailing': { id: 'euler' },
  'dpmpp-2m-karras': { id: 'dpmpp-2m' },
}

interface Trajectory {
  readonly caseName: string
  /** Such as `v_prediction_20`: what the network predicts and the number of steps. */
  readonly name: string
  readonly initNoiseSigma: number
  readonly config: RecordedConfig
  readonly recorded: Checkpoint
}

const checkTrajectory = async (trajectory: Trajectory): Promise<readonly CaseRow[]> => {
  const { caseName, name, config, recorded } = trajectory
  const { id, eta } = samplerOfCase[caseName] ?? { id: caseName }
  const sampler: SamplerEntry = findSampler(id)
  const predictionType: Prediction = name.startsWith('v_') ? 'v_prediction' : 'epsilon'
  const steps = Number(name.replace(/^.*_/, ''))
  const schedule = buildSchedule({ sampler, config: noiseConfig(config, predictionType), kind: config.kind, steps })
  const expected = samplesOf(await readTensor(recorded, name))
  const coordinates = coordinatesOf(sampler)
  const found: NdArray[] = []
  await sampler.sample({
    denoise: denoiserOf(toyNetwork, predictionType),
    x: scale(required(expected[0]), 1 / coordinates(schedule[0]?.sigma ?? Number.NaN)),
    schedule,
    noise: (callIndex) => torchRandn(required(expected[0]).shape, 1001 + callIndex),
    ...(eta === undefined ? {} : { eta }),
    run: {
      signal: new AbortController().signal,
      stepped: ({ state }) => void found.push(scale(state.x, coordinates(required(schedule[state.done]).sigma))),
    },
  })
  const states = expected.slice(1).filter((_, i, all) => id !== 'heun' || i % 2 === 1 || i === all.length - 1)
  return [
    { name, error: relativeError(flatten(found), flatten(states)) },
    ...(await checkSchedule(trajectory, schedule, sampler)),
  ]
}

/** Timesteps and sigmas differ from numpy's in the last bit of float32 at most. */
const scheduleTolerance = 1e-6

const checkSchedule = async (
  { name, recorded, config, initNoiseSigma }: Trajectory,
  schedule: Schedule,
  { id, startsWith }: SamplerEntry,
): Promise<readonly CaseRow[]> => {
  // Heun's list holds every level but the first twice, once per evaluation
  const visits = (list: readonly number[]): readonly number[] =>
    id === 'heun' ? list.filter((_, i) => i === 0 || i % 2 === 1) : list
  const compare = async (suffix: string, found: readonly number[]): Promise<readonly CaseRow[]> => {
    const tensor = `${name}_${suffix}`
    if (!recorded.tensors.has(tensor)) return []
    const expected = visits([...(await readTensor(recorded, tensor)).data])
    return [{ name: tensor, error: relativeError(found, expected), tolerance: scheduleTolerance }]
  }
  const one = { shape: [1], data: Float32Array.of(1) }
  const start = startFromNoise(one, schedule, { startsWith }, config.kind).data[0] ?? Number.NaN
  const startRecorded = start * coordinatesOf({ startsWith })(required(schedule[0]).sigma)
  return [
    ...(await compare(
      'timesteps',
      schedule.slice(0, -1).map(({ timestep }) => timestep),
    )),
    ...(await compare(
      'sigmas',
      schedule.map(({ sigma }) => sigma),
    )),
    {
      name: `${name} init_noise_sigma`,
      error: relativeError([startRecorded], [initNoiseSigma]),
      tolerance: scheduleTolerance,
    },
  ]
}

/** Euler and its kin are recorded as we carry latents, all others divided by √(1 + sigma²). */
const coordinatesOf =
  ({ startsWith }: Pick<SamplerEntry, 'startsWith'>) =>
  (sigma: number): number =>
    startsWith === 'sigma' ? 1 : 1 / Math.hypot(1, sigma)

const toyNetwork: Network = async ({ shape, data }, timestep) => ({
  shape,
  data: data.map((x) => Math.tanh(0.35 * x + 0.2 * Math.sin(timestep / 130)) + 0.1 * x),
})

const flatten = (arrays: readonly NdArray[]): Float32Array =>
  Float32Array.from(arrays.flatMap(({ data }) => Array.from(data)))

const required = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('the recorded case is shorter than its schedule')
  return value
}

const recordedConfigSchema = z
  .object({
    num_train_timesteps: z.int(),
    beta_start: z.number(),
    beta_end: z.number(),
    beta_schedule: z.literal('scaled_linear'),
    timestep_spacing: z.enum(['linspace', 'leading', 'trailing']),
    use_karras_sigmas: z.boolean().default(false),
    steps_offset: z.int().default(0),
    set_alpha_to_one: z.boolean().default(true),
  })
  .transform((config): typeof config & { readonly kind: ScheduleKind } => ({
    ...config,
    kind: config.use_karras_sigmas ? 'karras' : config.timestep_spacing,
  }))
type RecordedConfig = z.infer<typeof recordedConfigSchema>

const trajectorySchema = z.object({ init_noise_sigma: z.number() })

const readDescription = async (file: string) => {
  const { config, ...rest } = z
    .looseObject({ config: recordedConfigSchema })
    .parse(JSON.parse(await readFile(file, 'utf8')))
  const trajectories = Object.entries(rest).flatMap(([name, value]): readonly (readonly [string, number])[] => {
    const parsed = trajectorySchema.safeParse(value)
    return parsed.success ? [[name, parsed.data.init_noise_sigma]] : []
  })
  return { config, trajectories }
}

const noiseConfig = (config: RecordedConfig, predictionType: Prediction): NoiseConfig => ({
  predictionType,
  betaSchedule: config.beta_schedule,
  betaStart: config.beta_start,
  betaEnd: config.beta_end,
  numTrainTimesteps: config.num_train_timesteps,
  stepsOffset: config.steps_offset,
  setAlphaToOne: config.set_alpha_to_one,
  rescaleBetasZeroSnr: false,
})
