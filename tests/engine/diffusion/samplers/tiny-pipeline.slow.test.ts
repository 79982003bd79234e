import { afterAll, describe, it } from 'vitest'
import { denoiserOf } from '../../../../engine/diffusion/prediction.ts'
import type { Denoiser, Prediction } from '../../../../engine/machine/denoiser.ts'
import type { Conditioning } from '../../../../engine/machine/machine.ts'
import { openMachine } from '../../../../engine/runtime/open-machine.ts'
import { torchRandn } from '../../../../engine/tensor/torch-noise.ts'
import { openPipeline } from '../../checkpoint/recorded-files.ts'
import { expectSameBitsAfterStop, jobs, type DenoiserPair } from './run-job.ts'

const files = await openPipeline()
const machine = openMachine(files, { threads: 1 })
afterAll(() => machine.close())

const prompt = (seed: number): Conditioning => ({
  context: torchRandn([1, 8, files.unet.config.cross_attention_dim], seed),
})
const [withPrompt, without] = [prompt(1), prompt(2)]

/** The recorded network on ONNX Runtime, read as one that predicts noise or v: both sides of guidance share a batch. */
const networkDenoisers: DenoiserPair = (prediction, counted) => {
  const denoiser = (conditioning: Conditioning, kind: Prediction): Denoiser =>
    denoiserOf((sample, timestep) => {
      counted()
      return machine.predict({ sample, timestep, conditioning })
    }, kind)
  return { conditional: denoiser(withPrompt, prediction), negative: denoiser(without, prediction) }
}

describe('the tiny pipeline', () => {
  it.each(jobs)('with $sampler, $prediction, $way goes on to the same bits after a stop', async (job) => {
    await expectSameBitsAfterStop(networkDenoisers, job)
  })
})
