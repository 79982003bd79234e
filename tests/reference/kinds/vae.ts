import { join } from 'node:path'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../../engine/networks/vae/vae-graphs.ts'
import type { VaeConfig } from '../../../engine/networks/vae/vae.ts'
import { scale } from '../../../engine/tensor/arithmetic.ts'
import type { CaseKind } from '../case-kind.ts'
import { compare, readConfig, readExpected, readWeights } from './read-case.ts'
import { runGraph } from './run-graph.ts'

/** AutoencoderKL: posterior of a picture, picture of latents. */
export const vaeCase: CaseKind = {
  name: 'vae',
  matches: (caseName) => caseName === 'vae' || caseName.startsWith('vae-'),
  check: async (folder, run = runGraph) => {
    const expected = await readExpected(folder)
    const config = await readConfig<VaeConfig>(folder, 'vae')
    const weights = await readWeights(join(folder, 'vae/diffusion_pytorch_model.safetensors'))
    const picture = await expected.read('image')
    const [batch = 1, , height = 1, width = 1] = picture.shape
    const sizes = { batch, height, width }
    const encoded = await run(vaeEncoderGraph(weights, config, sizes), { picture })
    const latents = await expected.read('latents')
    const decoded = await run(vaeDecoderGraph(weights, config, sizes), { latents: scale(latents, 1) })
    return {
      tolerance: 1e-4,
      rows: [
        compare('mean', encoded['mean'], await expected.read('mean')),
        compare('logvar', encoded['log_variance'], await expected.read('logvar')),
        compare('decoded', decoded['picture'], await expected.read('decoded')),
      ],
    }
  },
}
