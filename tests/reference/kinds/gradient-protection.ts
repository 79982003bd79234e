import { join } from 'node:path'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { zeroFeed } from '../../../engine/autodiff/zero-after.ts'
import { protectionLoss } from '../../../engine/losses/protection-loss.ts'
import type { UNetConfig } from '../../../engine/networks/unet/unet-config.ts'
import { unetGraph } from '../../../engine/networks/unet/unet-graph.ts'
import { vaeEncoderGraph } from '../../../engine/networks/vae/vae-graphs.ts'
import { vaeFactor, type VaeConfig } from '../../../engine/networks/vae/vae.ts'
import type { CaseKind } from '../case-kind.ts'
import { compare, compareGradient, readConfig, readExpected, readWeights } from './read-case.ts'
import { runGraph } from './run-graph.ts'

const weightsFile = 'diffusion_pytorch_model.safetensors'

/** The norm of an inpainting network's prediction and its gradient with respect to the pixels of the picture. */
export const gradientProtectionCase: CaseKind = {
  name: 'gradient-protection',
  matches: (caseName) => caseName === 'gradient-protection',
  check: async (folder, run = runGraph) => {
    const expected = await readExpected(folder)
    const picture = await expected.read('image')
    const context = await expected.read('encoder_hidden_states')
    const vaeConfig = await readConfig<VaeConfig & { readonly scaling_factor: number }>(folder, 'vae')
    const unetConfig = await readConfig<UNetConfig>(folder, 'unet')
    const [batch = 1, , height = 1, width = 1] = picture.shape
    const factor = vaeFactor(vaeConfig)
    const graph = protectionLoss({
      encoder: vaeEncoderGraph(await readWeights(join(folder, 'vae', weightsFile)), vaeConfig, {
        batch,
        height,
        width,
      }),
      unet: unetGraph(await readWeights(join(folder, 'unet', weightsFile)), unetConfig, {
        batch,
        height: height / factor,
        width: width / factor,
        tokens: context.shape[1] ?? 1,
      }),
      scalingFactor: vaeConfig.scaling_factor,
    })
    const ascent = differentiate({ loss: 'loss', withRespectTo: ['picture'], keep: ['prediction'] })(graph)
    const outputs = await run(ascent, {
      ...zeroFeed(),
      picture,
      context,
      mask: await expected.read('mask'),
      noise: await expected.read('noise'),
      timestep: await expected.read('timestep'),
    })
    return {
      tolerance: 1e-3,
      rows: [
        { ...compare('prediction', outputs['prediction'], await expected.read('prediction')), tolerance: 1e-4 },
        compare('norm', outputs['loss'], await expected.read('norm')),
        compareGradient('gradient', outputs['grad.picture'], await expected.read('gradient')),
      ],
    }
  },
}
