import { add, attention, conv, gelu, layerNorm, linear, mul, split } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { toPicture, toPositions } from './picture-positions.ts'
import { normGroups } from './resnet-block.ts'

export interface TransformerOptions {
  readonly heads: number
  /** Transformer blocks one after another. */
  readonly depth: number
  readonly groups: number
  /** Whether proj_in and proj_out are matrices (SD 2.x, SDXL) or 1x1 convolutions (SD 1.x). */
  readonly linearProjection: boolean
}

/** Transformer2DModel: the picture's positions attend to each other and to the prompt. [B, C, H, W] → same. */
export const spatialTransformer = (p: Params, x: Value, context: Value, options: TransformerOptions): Value => {
  const [, , height = 1, width = 1] = x.shape
  const normed = normGroups(p.at('norm'), x, { groups: options.groups, epsilon: 1e-6 })
  let hidden = projectIn(p.at('proj_in'), normed, options)
  for (let i = 0; i < options.depth; i += 1) {
    hidden = transformerBlock(p.at('transformer_blocks').at(i), hidden, context, options.heads)
  }
  return add(projectOut(p.at('proj_out'), hidden, height, width, options), x)
}

/** [B, C, H, W] → [B, H·W, C]. */
const projectIn = (p: Params, x: Value, { linearProjection }: TransformerOptions): Value => {
  const channels = x.shape[1] ?? 0
  if (linearProjection) return linear(toPositions(x), p.weight([channels, channels], linearForm), p.bias([channels]))
  return toPositions(conv(x, p.weight([channels, channels, 1, 1], convForm), p.bias([channels])))
}

/** [B, H·W, C] → [B, C, H, W]. */
const projectOut = (
  p: Params,
  x: Value,
  height: number,
  width: number,
  { linearProjection }: TransformerOptions,
): Value => {
  const channels = x.shape[2] ?? 0
  if (linearProjection)
    return toPicture(linear(x, p.weight([channels, channels], linearForm), p.bias([channels])), height, width)
  return conv(toPicture(x, height, width), p.weight([channels, channels, 1, 1], convForm), p.bias([channels]))
}

const linearForm = { because: 'config.use_linear_projection is true' }
const convForm = { because: 'config.use_linear_projection is false' }

/** LayerNorm → self-attention, LayerNorm → cross-attention, LayerNorm → GEGLU, each added to its input. [B, N, C] → same. */
const transformerBlock = (p: Params, x: Value, context: Value, heads: number): Value => {
  const self = normPositions(p.at('norm1'), x)
  const withSelf = add(attentionLayer(p.at('attn1'), self, self, heads), x)
  const withCross = add(attentionLayer(p.at('attn2'), normPositions(p.at('norm2'), withSelf), context, heads), withSelf)
  return add(feedForward(p.at('ff'), normPositions(p.at('norm3'), withCross)), withCross)
}

const normPositions = (p: Params, x: Value): Value => {
  const width = x.shape.at(-1) ?? 0
  return layerNorm(x, p.weight([width]), p.bias([width]), 1e-5)
}

/** Queries from x [B, N, C], keys and values from context [B, M, D]; named after its key in the checkpoint. */
const attentionLayer = (p: Params, x: Value, context: Value, heads: number): Value => {
  const width = x.shape[2] ?? 0
  const contextWidth = context.shape[2] ?? 0
  const query = linear(x, p.at('to_q').weight([width, width]))
  const key = linear(context, p.at('to_k').weight([width, contextWidth]))
  const value = linear(context, p.at('to_v').weight([width, contextWidth]))
  const out = p.at('to_out.0')
  return linear(attention(query, key, value, { heads, label: p.path }), out.weight([width, width]), out.bias([width]))
}

/** GEGLU: one half of a projection to 8C gates the other, then back to C. */
const feedForward = (p: Params, x: Value): Value => {
  const width = x.shape[2] ?? 0
  const inner = 4 * width
  const [into, out] = [p.at('net.0.proj'), p.at('net.2')]
  const [hidden, gate] = split(linear(x, into.weight([2 * inner, width]), into.bias([2 * inner])), 2, [inner, inner])
  return hidden && gate ? linear(mul(hidden, gelu(gate)), out.weight([width, inner]), out.bias([width])) : x
}
