import { add, concat, constant, cos, linear, mul, reshape, silu, sin } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import type { UNetConfig } from './unet-config.ts'

/** What SDXL adds to the time embedding. */
export interface AddedConditions {
  /** Pooled embedding of the prompt, [B, P]. */
  readonly textEmbeds: Value
  /** Original height and width, crop top and left, target height and width: [B, 6]. */
  readonly timeIds: Value
}

/**
 * Sine and cosine features of the timestep through two linear layers, plus SDXL's embedding of sizes and pooled text:
 * timestep [B] → [B, 4·channels].
 */
export const timeEmbedding = (
  p: Params,
  config: UNetConfig,
  timestep: Value,
  added: AddedConditions | undefined,
): Value => {
  const channels = config.block_out_channels[0] ?? 0
  const width = 4 * channels
  const time = twoLinears(p.at('time_embedding'), sinusoids(timestep, channels, config), width)
  if (config.addition_embed_type !== 'text_time' || added === undefined) return time
  const [batch = 1, ids = 6] = added.timeIds.shape
  const sizes = sinusoids(reshape(added.timeIds, [batch * ids]), config.addition_time_embed_dim ?? 256, config)
  const features = concat([added.textEmbeds, reshape(sizes, [batch, -1])], 1) // [B, P + 6·256]
  return add(time, twoLinears(p.at('add_embedding'), features, width))
}

const twoLinears = (p: Params, x: Value, width: number): Value => {
  const [first, second] = [p.at('linear_1'), p.at('linear_2')]
  const hidden = silu(linear(x, first.weight([width, x.shape[1] ?? 0]), first.bias([width])))
  return linear(hidden, second.weight([width, width]), second.bias([width]))
}

/**
 * [n] → [n, width]: cosines, then sines (sines first unless flip_sin_to_cos) of x · 10000^(−i/(width/2 − freq_shift)).
 *
 * @source Vaswani et al. 2017, arXiv:1706.03762, section 3.5, as diffusers computes it in float32
 */
const sinusoids = (x: Value, width: number, { flip_sin_to_cos, freq_shift }: UNetConfig): Value => {
  const half = width / 2
  const step = Math.fround(-Math.log(10000))
  const frequencies = Float32Array.from({ length: half }, (_, i) =>
    Math.exp(Math.fround(Math.fround(step * i) / (half - freq_shift))),
  )
  const angles = mul(reshape(x, [-1, 1]), constant({ shape: [1, half], data: frequencies }))
  return concat(flip_sin_to_cos ? [cos(angles), sin(angles)] : [sin(angles), cos(angles)], 1)
}
