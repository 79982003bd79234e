import { expect } from 'vitest'
import { findSampler } from '../../../../engine/diffusion/find-sampler.ts'
import type { GuidanceState } from '../../../../engine/diffusion/guidance/guidance.ts'
import { guidances, type GuidanceId } from '../../../../engine/diffusion/guidance/guidances.ts'
import type { SamplerInput, SamplerState } from '../../../../engine/diffusion/samplers/sampler.ts'
import { samplers, type SamplerId } from '../../../../engine/diffusion/samplers/samplers.ts'
import { scheduleOfStrength, startFromLatents } from '../../../../engine/diffusion/start.ts'
import type { Denoiser, Prediction } from '../../../../engine/machine/denoiser.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'
import { torchRandn } from '../../../../engine/tensor/torch-noise.ts'
import { samplerInput } from './run-sampler.ts'

/** Steps of every job, before img2img leaves some out. */
export const jobSteps = 8

export interface Job {
  readonly sampler: SamplerId
  readonly prediction: Prediction
  readonly way: 'plain' | 'adaptive' | 'img2img'
}

/** Every sampler with both predictions, in every way. */
export const jobs: readonly Job[] = samplers.flatMap(({ id: sampler }) =>
  (['epsilon', 'v_prediction'] as const).flatMap((prediction) =>
    (['plain', 'adaptive', 'img2img'] as const).map((way) => ({ sampler, prediction, way })),
  ),
)

/** With the prompt and without it; `counted` is told of each call of the network. */
export type DenoiserPair = (
  prediction: Prediction,
  counted: () => void,
) => { readonly conditional: Denoiser; readonly negative: Denoiser }

/** What a job leaves behind after a step: plain data that survives a file. */
interface Checkpoint {
  readonly sampler: SamplerState
  readonly guidance: GuidanceState
}

interface JobRun {
  readonly x: NdArray
  readonly checkpoints: readonly Checkpoint[]
  readonly calls: number
}

const runJob = async (
  denoisers: DenoiserPair,
  job: Job,
  { resume, stopAfter = Infinity }: { readonly resume?: Checkpoint | undefined; readonly stopAfter?: number } = {},
): Promise<JobRun> => {
  const full = samplerInput(job.sampler, jobSteps)
  const isChanged = job.way === 'img2img'
  const schedule = isChanged ? scheduleOfStrength(full.schedule, 0.7) : full.schedule
  const x = isChanged ? startFromLatents(torchRandn([1, 4, 8, 8], 77), torchRandn([1, 4, 8, 8], 78), schedule) : full.x
  let calls = 0
  const counted = (): void => void (calls += 1)
  const kind: GuidanceId = job.way === 'adaptive' ? 'adaptive' : 'cfg'
  const { denoise, state } = guidanceOf(kind)({
    ...denoisers(job.prediction, counted),
    scale: 5,
    rescale: 0.5,
    prediction: job.prediction,
    schedule,
    threshold: 0.5,
    ...(resume === undefined ? {} : { resume: resume.guidance }),
  })
  const checkpoints: Checkpoint[] = []
  const abort = new AbortController()
  const input: SamplerInput = {
    denoise,
    x,
    schedule,
    noise: full.noise,
    eta: job.sampler === 'ddim' ? 0.5 : 1,
    ...(resume === undefined ? {} : { resume: resume.sampler }),
    run: {
      signal: abort.signal,
      stepped: (report) => {
        checkpoints.push({ sampler: report.state, guidance: state() })
        if (report.state.done === stopAfter) abort.abort()
      },
    },
  }
  const finished = findSampler(job.sampler).sample(input)
  if (stopAfter !== Infinity) {
    await expect(finished).rejects.toMatchObject({ code: 'cancelled' })
    return { x, checkpoints, calls }
  }
  return { x: await finished, checkpoints, calls }
}

const guidanceOf = (id: GuidanceId) => {
  const entry = guidances.find((known) => known.id === id)
  if (entry === undefined) throw new Error(`no guidance ${id}`)
  return entry.guide
}

/**
 * A job gives finite numbers, the same ones again, and the same after it was stopped behind any step and went on; nothing is
 * computed twice and nothing is left out.
 */
export const expectSameBitsAfterStop = async (denoisers: DenoiserPair, job: Job): Promise<void> => {
  const whole = await runJob(denoisers, job)
  expect(whole.x.data.every(Number.isFinite)).toBe(true)
  expect((await runJob(denoisers, job)).x).toEqual(whole.x)
  const stepsTaken = whole.checkpoints.length
  for (const stopAfter of [1, Math.floor(stepsTaken / 2), stepsTaken - 1]) {
    const stopped = await runJob(denoisers, job, { stopAfter })
    expect(stopped.checkpoints).toEqual(whole.checkpoints.slice(0, stopAfter))
    const resumed = await runJob(denoisers, job, { resume: structuredClone(stopped.checkpoints.at(-1)) })
    expect(resumed.x).toEqual(whole.x)
    expect(stopped.calls + resumed.calls).toBe(whole.calls)
  }
}
