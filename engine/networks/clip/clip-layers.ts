import { EngineError } from '../../contract/failures.ts'
import { add, attention, gelu, layerNorm, linear, quickGelu } from '../../graph/ops.ts'
import type { Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'

/** A CLIP tower's settings, under the names of its `config.json`. */
export interface ClipTowerConfig {
  readonly hidden_size: number
  readonly intermediate_size: number
  readonly num_hidden_layers: number
  readonly num_attention_heads: number
  readonly hidden_act: string
  readonly layer_norm_eps: number
}

/** LayerNorm with the scale and shift found at `p`. */
export const clipNorm = (p: Params, x: Value, { hidden_size, layer_norm_eps }: ClipTowerConfig): Value =>
  layerNorm(x, p.weight([hidden_size]), p.bias([hidden_size]), layer_norm_eps)

/**
 * LayerNorm → self-attention, LayerNorm → two linears with an activation, each added to its input. [B, N, C] → same.
 *
 * @param mask  added to the scores, [1, 1, N, N]; undefined in the image tower
 */
export const clipLayer = (p: Params, config: ClipTowerConfig, x: Value, mask: Value | undefined): Value => {
  const attended = add(selfAttention(p.at('self_attn'), config, clipNorm(p.at('layer_norm1'), x, config), mask), x)
  const { hidden_size: width, intermediate_size: inner } = config
  const [into, out] = [p.at('mlp.fc1'), p.at('mlp.fc2')]
  const hidden = activation(config)(
    linear(clipNorm(p.at('layer_norm2'), attended, config), into.weight([inner, width]), into.bias([inner])),
  )
  return add(linear(hidden, out.weight([width, inner]), out.bias([width])), attended)
}

const selfAttention = (p: Params, config: ClipTowerConfig, x: Value, mask: Value | undefined): Value => {
  const width = config.hidden_size
  const project = (name: string, from: Value): Value =>
    linear(from, p.at(name).weight([width, width]), p.at(name).bias([width]))
  const [query, key, value] = [project('q_proj', x), project('k_proj', x), project('v_proj', x)]
  const options = { heads: config.num_attention_heads, label: p.path }
  return project('out_proj', attention(query, key, value, mask === undefined ? options : { ...options, bias: mask }))
}

const activation = ({ hidden_act }: ClipTowerConfig): ((x: Value) => Value) => {
  if (hidden_act === 'quick_gelu') return quickGelu
  if (hidden_act === 'gelu') return gelu
  throw new EngineError('model-unsupported', {
    where: 'text encoder',
    found: `hidden_act "${hidden_act}"`,
    expected: 'quick_gelu or gelu',
    remedy: 'Check text_encoder/config.json.',
  })
}
