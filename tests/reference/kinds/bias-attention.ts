import { z } from 'zod'
import { attentionLayers, type AttentionLayer } from '../../../engine/networks/attention-layers.ts'
import { biasAttention, biasInput, biasWeightInput } from '../../../engine/networks/bias-attention.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind } from '../case-kind.ts'
import { pipelineUnet, readFeeds } from './pipeline-unet.ts'
import { compare, readExpected } from './read-case.ts'
import { readSettings } from './read-settings.ts'
import { areaAveraged, regionTokensSchema } from './region-inputs.ts'
import { runGraph } from './run-graph.ts'

const settingsSchema = z.object({ tokens: regionTokensSchema, weight: z.number(), sigma: z.number() })

/** One prediction with paint-with-words scores in every layer that looks at the prompt. */
export const biasAttentionCase: CaseKind = {
  name: 'bias-attention',
  matches: (caseName) => caseName === 'bias-attention',
  check: async (folder, run = runGraph) => {
    const { tokens, weight, sigma } = await readSettings(folder, settingsSchema)
    const expected = await readExpected(folder)
    const [feeds, masks] = [await readFeeds(expected), await expected.read('masks')]
    const graph = await pipelineUnet(folder, feeds.sample, feeds.context)
    const layers = attentionLayers(graph).filter(({ looksAt }) => looksAt === 'prompt')
    const biases = layers.map((layer): [string, NdArray] => [
      biasInput(layer.height * layer.width),
      biasOf(masks, tokens, layer),
    ])
    const outputs = await run(biasAttention({ layers: layers.map(({ key }) => key) })(graph), {
      ...feeds,
      ...Object.fromEntries(biases),
      [biasWeightInput]: { shape: [], data: Float32Array.of(weight * Math.log(1 + sigma)) },
    })
    return { tolerance: 1e-4, rows: [compare('eps', outputs['prediction'], await expected.read('eps'))] }
  },
}

/** A[position, token] = averaged mask of the token's region: [1, positions, tokens]. */
const biasOf = (
  masks: NdArray,
  regionTokens: readonly (readonly number[])[],
  { height, width, keys }: AttentionLayer,
): NdArray => {
  const coverage = areaAveraged(masks, height, width).data
  const data = new Float32Array(height * width * keys)
  for (const [region, tokens] of regionTokens.entries()) {
    for (let position = 0; position < height * width; position += 1) {
      for (const token of tokens) data[position * keys + token] = coverage[region * height * width + position] ?? NaN
    }
  }
  return { shape: [1, height * width, keys], data }
}
