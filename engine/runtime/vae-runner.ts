import type { AutoencoderConfig } from '../checkpoint/config/autoencoder-config.ts'
import { EngineError } from '../contract/failures.ts'
import type { CallOptions } from '../machine/machine.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../networks/vae/vae-graphs.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { WeightTable } from '../tensor/weight-view.ts'
import type { LoadSession } from './load-session.ts'
import { planTiles, type AxisTiles } from './tiles/plan-tiles.ts'
import { runInTiles } from './tiles/run-in-tiles.ts'

interface VaeFiles {
  readonly config: AutoencoderConfig
  readonly weights: WeightTable
}

/** Sides above this many pixels are cut into tiles: activations would not fit, nor cancel take effect. */
export const largestTile = 768
/**
 * What neighbouring tiles share, in pixels. Each tile has its own statistics in every group norm; sharing this much (and
 * tiles this large) keeps 37 dB and more to the picture made whole.
 */
const tileOverlap = 128

/** Size of the tiles, in pixels, that a picture of this size is decoded in, and encoded in. */
export const tileSize = ({ width, height }: { readonly width: number; readonly height: number }, factor: number) => ({
  height: latentTiles(height / factor, factor).size * factor,
  width: latentTiles(width / factor, factor).size * factor,
})

type Runner = (source: NdArray, options?: CallOptions) => Promise<NdArray>

/** Picture [1, 3, H, W] → mean of the posterior, shifted and scaled as the network expects, [1, C, h, w]. */
export const encoderRunner = ({ config, weights }: VaeFiles, load: LoadSession): Runner => {
  const factor = vaeFactor(config)
  const encode: Runner = async (picture, options) => {
    const [batch = 1, , height = 1, width = 1] = picture.shape
    const session = load('vae-encoder', `${width} x ${height}`, {
      kept: () => vaeEncoderGraph(weights, config, { batch, height, width }),
    })
    const { mean } = await session.run(() => ({ picture }), options)
    if (mean === undefined) throw new EngineError('device-failed', { where: 'vae', found: 'a run without a mean' })
    return mapped(mean, (value) => (value - config.shift_factor) * config.scaling_factor)
  }
  return (picture, options = {}) => {
    const [, , height = 1, width = 1] = picture.shape
    const rows = enlarge(latentTiles(height / factor, factor), factor)
    const columns = enlarge(latentTiles(width / factor, factor), factor)
    return tiled(encode, { source: picture, rows, columns, scale: 1 / factor, options })
  }
}

/** Clean latents [1, C, h, w] → picture [1, 3, H, W]. */
export const decoderRunner = ({ config, weights }: VaeFiles, load: LoadSession): Runner => {
  const factor = vaeFactor(config)
  const decode: Runner = async (latents, options) => {
    const [batch = 1, , height = 1, width = 1] = latents.shape
    const sizes = { batch, height: height * factor, width: width * factor }
    const session = load('vae-decoder', `${sizes.width} x ${sizes.height}`, {
      kept: () => vaeDecoderGraph(weights, config, sizes),
    })
    const scaled = mapped(latents, (value) => value / config.scaling_factor + config.shift_factor)
    const { picture } = await session.run(() => ({ latents: scaled }), options)
    if (picture === undefined)
      throw new EngineError('device-failed', { where: 'vae', found: 'a run without a picture' })
    return picture
  }
  return (latents, options = {}) => {
    const [, , height = 1, width = 1] = latents.shape
    const rows = latentTiles(height, factor)
    const columns = latentTiles(width, factor)
    return tiled(decode, { source: latents, rows, columns, scale: factor, options })
  }
}

interface Tiled {
  readonly source: NdArray
  readonly rows: AxisTiles
  readonly columns: AxisTiles
  readonly scale: number
  readonly options: CallOptions
}

const tiled = (run: Runner, { source, rows, columns, scale, options }: Tiled): Promise<NdArray> =>
  rows.starts.length === 1 && columns.starts.length === 1
    ? run(source, options)
    : runInTiles({ source, rows, columns, scale, run: (tile) => run(tile, options), signal: options.signal })

const latentTiles = (side: number, factor: number): AxisTiles =>
  planTiles(side, Math.floor(largestTile / factor), Math.ceil(tileOverlap / factor))

const enlarge = ({ starts, size, overlap }: AxisTiles, factor: number): AxisTiles => ({
  starts: starts.map((start) => start * factor),
  size: size * factor,
  overlap: overlap * factor,
})

const mapped = ({ shape, data }: NdArray, change: (value: number) => number): NdArray => ({
  shape,
  data: data.map(change),
})
