import { describe, expect, it } from 'vitest'
import { findSampler } from '../../../../engine/diffusion/find-sampler.ts'
import { denoiserOf } from '../../../../engine/diffusion/prediction.ts'
import { samplers } from '../../../../engine/diffusion/samplers/samplers.ts'
import type { Denoiser, Prediction } from '../../../../engine/machine/denoiser.ts'
import type { NdArray } from '../../../../engine/tensor/nd-array.ts'
import { weightedSum } from '../../../../engine/tensor/arithmetic.ts'
import { torchRandn } from '../../../../engine/tensor/torch-noise.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { expectSameBitsAfterStop, jobs, jobSteps, type DenoiserPair } from './run-job.ts'
import { samplerInput } from './run-sampler.ts'

/** A toy network whose output depends on all of its input, on the timestep and on the prompt. */
const toyDenoiser = (prediction: Prediction, prompt: number, counted: () => void): Denoiser =>
  denoiserOf(async ({ shape, data }, timestep) => {
    counted()
    return { shape, data: data.map((x, i) => Math.tanh(0.3 * x + prompt * Math.sin(timestep / 200 + i)) + 0.1 * x) }
  }, prediction)

const toyDenoisers: DenoiserPair = (prediction, counted) => ({
  conditional: toyDenoiser(prediction, 0.12, counted),
  negative: toyDenoiser(prediction, 0.1, counted),
})

describe('a picture that was stopped', () => {
  it.each(jobs)('with $sampler, $prediction, $way goes on to the same bits', async (job) => {
    await expectSameBitsAfterStop(toyDenoisers, job)
  })

  it('asks the network nothing once it is cancelled', async () => {
    const abort = new AbortController()
    abort.abort('closed the window')
    let calls = 0
    const input = samplerInput('heun', 4)
    const finished = findSampler('heun').sample({
      ...input,
      denoise: toyDenoiser('epsilon', 1, () => (calls += 1)),
      run: { signal: abort.signal },
    })
    await expect(finished).rejects.toMatchObject({ code: 'cancelled', cause: 'closed the window' })
    expect(calls).toBe(0)
  })

  it('stops between the two evaluations of one step', async () => {
    const abort = new AbortController()
    let calls = 0
    const finished = findSampler('heun').sample({
      ...samplerInput('heun', 4),
      denoise: toyDenoiser('epsilon', 1, () => {
        calls += 1
        abort.abort()
      }),
      run: { signal: abort.signal },
    })
    await expect(finished).rejects.toMatchObject({ code: 'cancelled' })
    expect(calls).toBe(1)
  })

  it.each([-1, 9])('refuses a checkpoint of %i finished steps out of 8', async (done) => {
    const input = samplerInput('euler', jobSteps)
    const finished = findSampler('euler').sample({
      ...input,
      denoise: async (x) => x,
      resume: { done, x: input.x, history: [] },
      run: { signal: new AbortController().signal },
    })
    await expect(finished).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('gives back what was finished when nothing is left to do', async () => {
    const input = samplerInput('euler', jobSteps)
    const x = await findSampler('euler').sample({
      ...input,
      denoise: () => Promise.reject(new Error('there is no step left')),
      resume: { done: jobSteps, x: input.x, history: [] },
      run: { signal: new AbortController().signal },
    })
    expect(x).toBe(input.x)
  })
})

describe('a picture of which a part is known', () => {
  it.each(samplers.map(({ id }) => id))('is put back after every step of %s', async (id) => {
    const { schedule, ...input } = samplerInput(id, 4)
    const known = torchRandn([1, 4, 8, 8], 6)
    const seen: unknown[] = []
    const x = await findSampler(id).sample({
      ...input,
      schedule,
      denoise: toyDenoiser('epsilon', 1, () => undefined),
      afterStep: (_, next, isLast) => {
        seen.push([next, isLast])
        return known
      },
      run: { signal: new AbortController().signal },
    })
    expect(x).toBe(known)
    expect(seen).toEqual(schedule.slice(1).map((level, i) => [level, i === 3]))
  })

  it.each(['ddim', 'euler', 'heun', 'dpmpp-2m', 'unipc'] as const)(
    'keeps a push between two steps of %s',
    async (id) => {
      const { schedule, ...input } = samplerInput(id, 6)
      const clean = torchRandn([1, 4, 8, 8], 6)
      const push = torchRandn([1, 4, 8, 8], 7)
      const [pushed, atEnd] = [schedule[2]?.sigma ?? NaN, schedule[5]?.sigma ?? NaN]
      const endOf = async (share: number): Promise<NdArray> => {
        let end = clean
        await findSampler(id).sample({
          ...input,
          schedule,
          denoise: async (x, { sigma }) => {
            if (sigma === atEnd) end = x
            return clean
          },
          afterStep: (x, next) => (next.sigma === pushed ? weightedSum([1, x], [share, push]) : x),
          run: { signal: new AbortController().signal },
        })
        return end
      }
      // With one clean picture for all, latents approach it on a line: what was pushed shrinks as sigma does.
      const expected = weightedSum([1, await endOf(0)], [atEnd / pushed, push])
      expect(relativeError((await endOf(1)).data, expected.data)).toBeLessThan(1e-5) // float32, six steps
    },
  )

  it('may be moved before every step, by what the denoiser sees and the step starts from', async () => {
    const { schedule, ...input } = samplerInput('euler', 3)
    const seen: NdArray[] = []
    const moved = schedule.slice(1).map((_, i) => torchRandn([1, 4, 8, 8], i))
    const x = await findSampler('euler').sample({
      ...input,
      schedule,
      denoise: async (noisy) => {
        seen.push(noisy)
        return noisy
      },
      beforeStep: async (_, now) => moved[schedule.indexOf(now)] ?? input.x,
      run: { signal: new AbortController().signal },
    })
    expect(seen).toEqual(moved)
    expect(x.data).toEqual(moved[2]?.data)
  })

  it('refuses noise of another shape', async () => {
    const finished = findSampler('euler-a').sample({
      ...samplerInput('euler-a', 4),
      noise: () => torchRandn([1, 4, 4, 4], 1),
      denoise: async (x) => x,
      run: { signal: new AbortController().signal },
    })
    await expect(finished).rejects.toMatchObject({ code: 'shape-mismatch' })
  })
})
