import type { AutoencoderConfig } from '../checkpoint/config/autoencoder-config.ts'
import { EngineError } from '../contract/failures.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../networks/vae/vae-graphs.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { WeightTable } from '../tensor/weight-view.ts'
import type { LoadSession } from './load-session.ts'

interface VaeFiles {
  readonly config: AutoencoderConfig
  readonly weights: WeightTable
}

/** Picture [1, 3, H, W] → mean of the posterior, shifted and scaled as the network expects, [1, C, h, w]. */
export const encoderRunner =
  ({ config, weights }: VaeFiles, load: LoadSession) =>
  async (picture: NdArray): Promise<NdArray> => {
    const [batch = 1, , height = 1, width = 1] = picture.shape
    const session = await load('vae-encoder', `${width} x ${height}`, () =>
      vaeEncoderGraph(weights, config, { batch, height, width }),
    )
    const { mean } = await session.run({ picture })
    if (mean === undefined) throw new EngineError('device-failed', { where: 'vae', found: 'a run without a mean' })
    return mapped(mean, (value) => (value - config.shift_factor) * config.scaling_factor)
  }

/** Clean latents [1, C, h, w] → picture [1, 3, H, W]. */
export const decoderRunner =
  ({ config, weights }: VaeFiles, load: LoadSession) =>
  async (latents: NdArray): Promise<NdArray> => {
    const [batch = 1, , height = 1, width = 1] = latents.shape
    const factor = vaeFactor(config)
    const sizes = { batch, height: height * factor, width: width * factor }
    const session = await load('vae-decoder', `${sizes.width} x ${sizes.height}`, () =>
      vaeDecoderGraph(weights, config, sizes),
    )
    const scaled = mapped(latents, (value) => value / config.scaling_factor + config.shift_factor)
    const { picture } = await session.run({ latents: scaled })
    if (picture === undefined)
      throw new EngineError('device-failed', { where: 'vae', found: 'a run without a picture' })
    return picture
  }

const mapped = ({ shape, data }: NdArray, change: (value: number) => number): NdArray => ({
  shape,
  data: data.map(change),
})
