import { z } from 'zod'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { zeroFeed } from '../../../engine/autodiff/zero-after.ts'
import { applyTransforms } from '../../../engine/graph/graph.ts'
import { regionLoss } from '../../../engine/losses/region-loss.ts'
import { attentionLayers, type AttentionLayer } from '../../../engine/networks/attention-layers.ts'
import { mapOf, tap } from '../../../engine/networks/tap.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { pipelineUnet, readFeeds } from './pipeline-unet.ts'
import { compare, compareGradient, readExpected, type Expected } from './read-case.ts'
import { readSettings } from './read-settings.ts'
import { regionTokensSchema, tokenTable, transposed } from './region-inputs.ts'
import { runGraph } from './run-graph.ts'

const settingsSchema = z.object({ tokens: regionTokensSchema })

/** Attention maps, the region loss and its gradient with respect to the network's input. */
export const gradientRegionCase: CaseKind = {
  name: 'gradient-region',
  matches: (caseName) => caseName === 'gradient-region',
  check: async (folder, run = runGraph) => {
    const { tokens } = await readSettings(folder, settingsSchema)
    const expected = await readExpected(folder)
    const [feeds, masks] = [await readFeeds(expected), await expected.read('masks')]
    const graph = await pipelineUnet(folder, feeds.sample, feeds.context)
    const layers = attentionLayers(graph).filter(({ looksAt }) => looksAt === 'prompt')
    const keys = layers.map(({ key }) => key)
    const guided = applyTransforms(
      graph,
      regionLoss({ layers, regions: tokens.length }),
      tap({ layers: keys, expose: ['map'] }),
      differentiate({ loss: 'loss', withRespectTo: ['sample'], keep: ['prediction', ...keys.map(mapOf)] }),
    )
    const outputs = await run(guided, {
      ...feeds,
      masks,
      region_tokens: tokenTable(tokens, layers[0]?.keys ?? 0),
      ...zeroFeed(),
      strengths: { shape: [tokens.length], data: new Float32Array(tokens.length).fill(1) },
    })
    const rows = [
      compare('eps', outputs['prediction'], await expected.read('eps')),
      compare('loss', outputs['loss'], await expected.read('loss')),
      compareGradient('gradient', outputs['grad.sample'], await expected.read('gradient')),
    ]
    return { tolerance: 1e-3, rows: [...rows, ...(await mapRows(layers, outputs, expected))] }
  },
}

const mapRows = (
  layers: readonly AttentionLayer[],
  outputs: Readonly<Record<string, NdArray>>,
  expected: Expected,
): Promise<CaseRow[]> =>
  Promise.all(
    layers.map(async ({ key, height, width, keys }) => {
      const recorded = await expected.read(`map.${key}`)
      const data = transposed(outputs[mapOf(key)]?.data ?? [], height * width, keys)
      return { ...compare(`map.${key}`, { shape: recorded.shape, data }, recorded), tolerance: 1e-4 }
    }),
  )
