import { join } from 'node:path'
import type { UNetConfig } from '../../../engine/networks/unet/unet-config.ts'
import { unetGraph } from '../../../engine/networks/unet/unet-graph.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind } from '../case-kind.ts'
import { compare, readConfig, readExpected, readWeights } from './read-case.ts'
import { runGraph } from './run-graph.ts'

/** UNet2DConditionModel: one prediction from recorded inputs. */
export const unetCase: CaseKind = {
  name: 'unet',
  matches: (caseName) => caseName.startsWith('unet-'),
  check: async (folder, run = runGraph) => {
    const expected = await readExpected(folder)
    const config = await readConfig<UNetConfig>(folder, 'unet')
    const weights = await readWeights(join(folder, 'unet/diffusion_pytorch_model.safetensors'))
    const [sample, context] = [await expected.read('sample'), await expected.read('encoder_hidden_states')]
    const [batch = 1, , height = 1, width = 1] = sample.shape
    const graph = unetGraph(weights, config, { batch, height, width, tokens: context.shape[1] ?? 1 })
    const feeds: Record<string, NdArray> = { sample, context, timestep: await expected.read('timestep') }
    for (const name of ['text_embeds', 'time_ids']) {
      if (expected.names.includes(name)) feeds[name] = await expected.read(name)
    }
    const { prediction } = await run(graph, feeds)
    return { tolerance: 1e-4, rows: [compare('output', prediction, await expected.read('output'))] }
  },
}
