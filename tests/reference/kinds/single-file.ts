import type { ModelFiles, TextEncoderFiles } from '../../../engine/checkpoint/model-files.ts'
import { noiseCurve } from '../../../engine/diffusion/noise-curve.ts'
import { cleanFromOutput } from '../../../engine/diffusion/prediction.ts'
import { clipTextGraph } from '../../../engine/networks/clip/clip-text-graph.ts'
import { unetGraph } from '../../../engine/networks/unet/unet-graph.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../engine/networks/vae/vae-graphs.ts'
import { samplesOf, scale } from '../../../engine/tensor/arithmetic.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { openSingleFileCase } from './open-single-file-case.ts'
import { compare, readExpected, type Expected } from './read-case.ts'
import { runGraph } from './run-graph.ts'
import { towerFeeds } from './tower-feeds.ts'

/** Checkpoints in one file, network by network: UNet and what it predicts, VAE, text towers. */
export const singleFileCase: CaseKind = {
  name: 'single-file',
  matches: (caseName) => caseName.startsWith('single-file-'),
  check: async (folder) => {
    const model = await openSingleFileCase(folder)
    const expected = await readExpected(folder)
    const rows = [...(await unetRows(model, expected)), ...(await vaeRows(model, expected))]
    for (const [index, tower] of model.textEncoders.entries()) {
      rows.push(...(await textRows(tower, index, model.family, expected)))
    }
    return { tolerance: 1e-4, rows }
  },
}

const unetRows = async ({ unet, scheduler }: ModelFiles, expected: Expected): Promise<CaseRow[]> => {
  const feeds: Record<string, NdArray> = {
    sample: await expected.read('sample'),
    context: await expected.read('encoder_hidden_states'),
    timestep: await expected.read('timestep'),
  }
  if (unet.config.addition_embed_type === 'text_time') {
    feeds['text_embeds'] = await expected.read('unet_text_embeds')
    feeds['time_ids'] = await expected.read('unet_time_ids')
  }
  const { sample, context, timestep } = feeds
  const [batch = 1, , height = 1, width = 1] = sample?.shape ?? []
  const sizes = { batch, height, width, tokens: context?.shape[1] ?? 1 }
  const { prediction } = await runGraph(unetGraph(unet.weights, unet.config, sizes), feeds)
  const rows = [compare('output', prediction, await expected.read('output'))]
  if (prediction === undefined || sample === undefined) return rows
  // What the output means at its timestep: the latents behind it, noise or v as the file's family says.
  const { sigmas } = noiseCurve(scheduler.noise)
  const recorded = samplesOf(await expected.read('clean'))
  const [inputs, outputs] = [samplesOf(firstChannels(sample, 4)), samplesOf(prediction)]
  for (const [i, output] of outputs.entries()) {
    const [x, clean, step = 0] = [inputs[i], recorded[i], timestep?.data[i]]
    if (x === undefined || clean === undefined) continue
    const level = { sigma: sigmas[step] ?? NaN, timestep: step }
    const ours = cleanFromOutput(output, scale(x, Math.hypot(1, level.sigma)), level, scheduler.noise.predictionType)
    rows.push(compare(`clean ${i}`, ours, clean))
  }
  return rows
}

/** Noisy latents without the mask and picture that an inpainting network also sees. */
const firstChannels = ({ shape, data }: NdArray, channels: number): NdArray => {
  const [batch = 1, all = 1, height = 1, width = 1] = shape
  const area = height * width
  const kept = new Float32Array(batch * channels * area)
  for (let b = 0; b < batch; b += 1)
    kept.set(data.subarray(b * all * area, (b * all + channels) * area), b * channels * area)
  return { shape: [batch, channels, height, width], data: kept }
}

const vaeRows = async ({ vae }: ModelFiles, expected: Expected): Promise<CaseRow[]> => {
  const picture = await expected.read('image')
  const [batch = 1, , height = 1, width = 1] = picture.shape
  const sizes = { batch, height, width }
  const { mean } = await runGraph(vaeEncoderGraph(vae.weights, vae.config, sizes), { picture })
  const latents = await expected.read('latents')
  const decoded = await runGraph(vaeDecoderGraph(vae.weights, vae.config, sizes), { latents })
  return [
    compare('mean', mean, await expected.read('mean')),
    compare('decoded', decoded['picture'], await expected.read('decoded')),
  ]
}

const textRows = async (
  { weights, config }: TextEncoderFiles,
  index: number,
  family: ModelFiles['family'],
  expected: Expected,
): Promise<CaseRow[]> => {
  const suffix = index === 0 ? '' : `_${index + 1}`
  const ids = await expected.read(`input_ids${suffix}`)
  const { sizes, feeds } = towerFeeds(ids, config.eos_token_id)
  const last = await runGraph(clipTextGraph(weights, config, sizes, { layersFromEnd: 0, isNormed: true }), feeds)
  // SD 2.x leaves its last block out, so the state before it is our last one, before the norm.
  const layersFromEnd = family === 'sd2' ? 0 : 1
  const before = await runGraph(clipTextGraph(weights, config, sizes, { layersFromEnd, isNormed: false }), feeds)
  const found: readonly (readonly [string, NdArray | undefined])[] = [
    [`last${suffix}`, last['states']],
    [`penultimate${suffix}`, before['states']],
    ['pooled', index === 0 ? last['pooled'] : undefined],
    ['text_embeds', index === 1 ? last['pooled'] : undefined],
  ]
  const rows: CaseRow[] = []
  for (const [name, ours] of found) {
    if (ours !== undefined && expected.names.includes(name)) rows.push(compare(name, ours, await expected.read(name)))
  }
  return rows
}
