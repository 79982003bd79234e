import { add, constant, gather, linear, reshape } from '../../graph/ops.ts'
import type { Alias, Params } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import { clipLayer, clipNorm, type ClipTowerConfig } from './clip-layers.ts'

/** CLIPTextModel's settings, under the names of its `config.json`. */
export interface ClipTextConfig extends ClipTowerConfig {
  readonly vocab_size: number
  readonly max_position_embeddings: number
  readonly projection_dim?: number | undefined
  readonly eos_token_id?: number | null | undefined
}

export interface ClipTextOutputs {
  /** hidden_states[0 … layers]: the embeddings, then the result of each layer before the final norm, each [B, N, C]. */
  readonly hiddenStates: readonly Value[]
  /** Final norm of the last hidden state, [B, N, C]. */
  readonly last: Value
  /** `last` at the end token, [B, C]. */
  readonly pooled: Value
  /** `pooled` through the text projection, [B, P]; only where the checkpoint has one. */
  readonly projected?: Value
}

/** Keys may lack `text_model.` (transformers 5 writes them so). */
export const clipTextAliases: readonly Alias[] = [
  { storedKey: (key) => (key.startsWith('text_model.') ? key.slice('text_model.'.length) : undefined) },
]

/**
 * CLIP's text tower.
 *
 * @param ids            token ids, int64 [B, N], N ≤ max_position_embeddings
 * @param endPositions   int64 [B], index of each row's end token among all B·N tokens (row · N + position)
 * @source Radford et al. 2021, arXiv:2103.00020
 */
export const clipText = (p: Params, config: ClipTextConfig, ids: Value, endPositions: Value): ClipTextOutputs => {
  const [batch = 1, tokens = 1] = ids.shape
  const width = config.hidden_size
  const model = p.at('text_model')
  const hiddenStates = [embed(model.at('embeddings'), config, ids)]
  const mask = causalMask(tokens)
  for (let i = 0; i < config.num_hidden_layers; i += 1) {
    hiddenStates.push(clipLayer(model.at('encoder.layers').at(i), config, hiddenStates.at(-1) ?? ids, mask))
  }
  const last = finalNorm(p, config, hiddenStates.at(-1) ?? ids)
  const pooled = gather(reshape(last, [batch * tokens, width]), endPositions, 0) // [B·N, C] → [B, C]
  if (!p.at('text_projection').has('weight')) return { hiddenStates, last, pooled }
  const projection = p.at('text_projection').weight([config.projection_dim ?? width, width])
  return { hiddenStates, last, pooled, projected: linear(pooled, projection) }
}

/** The norm after the last layer, also applied to an earlier layer's state by clip skip. */
export const finalNorm = (p: Params, config: ClipTextConfig, state: Value): Value =>
  clipNorm(p.at('text_model.final_layer_norm'), state, config)

const embed = (p: Params, config: ClipTextConfig, ids: Value): Value => {
  const { hidden_size: width, vocab_size, max_position_embeddings } = config
  const tokens = gather(p.at('token_embedding').weight([vocab_size, width]), ids, 0)
  const positions = p.at('position_embedding').weight([max_position_embeddings, width])
  const length = ids.shape[1] ?? 1
  const used = constant({ shape: [length], data: BigInt64Array.from({ length }, (_, i) => BigInt(i)) })
  return add(tokens, gather(positions, used, 0))
}

/** Tokens see themselves and what stands before them: 0 there, the lowest float elsewhere, [1, 1, N, N]. */
const causalMask = (tokens: number): Value => {
  const data = new Float32Array(tokens * tokens)
  for (let row = 0; row < tokens; row += 1)
    data.fill(-3.4028234663852886e38, row * tokens + row + 1, (row + 1) * tokens)
  return constant({ shape: [1, 1, tokens, tokens], data })
}
