import { EngineError } from '../../contract/failures.ts'
import type { WeightTable, WeightView } from '../../tensor/weight-view.ts'
import type { RawConfig } from '../config/parse-config-json.ts'
import type { TowerOfFamily } from '../families/family.ts'

/**
 * The weights of a text tower under the keys of transformers (with `text_model.`), as views into the file: OpenCLIP's
 * fused in_proj becomes three runs of rows, its text_projection a transposed view. Nothing is copied.
 *
 * @param stored  the tower's weights by their key in the file, without the prefix
 * @returns       keys that the family leaves unused are not in it
 * @source huggingface/diffusers, loaders/single_file_utils.py, convert_open_clip_checkpoint
 */
export const textWeights = (stored: WeightTable, tower: TowerOfFamily): WeightTable => {
  const views = [...stored].flatMap(([fileKey, view]) =>
    tower.layout === 'open-clip' ? openClipViews(fileKey, view) : transformersViews(fileKey, view),
  )
  const used = countLayers(views.map(({ key }) => key)) - tower.unusedLayers
  const isUsed = ({ key }: WeightView): boolean =>
    layerOf(key) < used && (tower.hasProjection || !key.startsWith('text_projection.'))
  return new Map(views.filter(isUsed).map((view) => [view.key, view]))
}

const transformersViews = (fileKey: string, view: WeightView): WeightView[] => {
  if (/(^|\.)(position_ids|logit_scale)$|^(vision_model|visual_projection)\./.test(fileKey)) return []
  const isOutside = /^(text_model|text_projection)\./.test(fileKey)
  return [{ ...view, key: isOutside ? fileKey : `text_model.${fileKey}` }]
}

const openClipViews = (fileKey: string, view: WeightView): WeightView[] => {
  const fused = /^transformer\.resblocks\.(\d+)\.attn\.in_proj_(weight|bias)$/.exec(fileKey)
  if (fused !== null) return splitRows(view, `text_model.encoder.layers.${fused[1]}.self_attn`, fused[2] ?? '')
  if (fileKey === 'text_projection') return [{ ...view, key: 'text_projection.weight', transposed: true }]
  if (fileKey === 'text_projection.weight') return [{ ...view, key: fileKey }]
  const key = openClipNames.reduce((name, [from, to]) => name.replace(from, to), fileKey)
  return key === fileKey ? [] : [{ ...view, key: `text_model.${key}` }]
}

/** q, k and v lie one after the other: [3 H, …] → three times [H, …]. */
const splitRows = (view: WeightView, module: string, part: string): WeightView[] => {
  const [rows = 0, ...rest] = view.shape
  if (rows % 3 !== 0) throw unexpected(`"${view.key}" with ${rows} rows`, 'a multiple of 3')
  const byteLength = view.byteLength / 3
  return ['q_proj', 'k_proj', 'v_proj'].map((name, i) => ({
    ...view,
    key: `${module}.${name}.${part}`,
    byteOffset: view.byteOffset + i * byteLength,
    byteLength,
    shape: [rows / 3, ...rest],
  }))
}

const openClipNames = [
  [/^transformer\.resblocks\./, 'encoder.layers.'],
  [/\.ln_1\./, '.layer_norm1.'],
  [/\.ln_2\./, '.layer_norm2.'],
  [/\.mlp\.c_fc\./, '.mlp.fc1.'],
  [/\.mlp\.c_proj\./, '.mlp.fc2.'],
  [/\.attn\.out_proj\./, '.self_attn.out_proj.'],
  [/^token_embedding\./, 'embeddings.token_embedding.'],
  [/^positional_embedding$/, 'embeddings.position_embedding.weight'],
  [/^ln_final\./, 'final_layer_norm.'],
] as const

/** A text tower's configuration as its shapes and its family say: 64 channels per head. @throws EngineError 'model-incomplete' */
export const textConfigOf = (weights: WeightTable, tower: TowerOfFamily): RawConfig => {
  const shape = (key: string): readonly number[] => {
    const view = weights.get(key)
    if (view === undefined) throw unexpected(`no "${key}"`, 'the weights of a CLIP text tower')
    return view.shape
  }
  const [vocabulary = 0, width = 0] = shape('text_model.embeddings.token_embedding.weight')
  const projection = weights.get('text_projection.weight')
  return {
    vocab_size: vocabulary,
    hidden_size: width,
    intermediate_size: shape('text_model.encoder.layers.0.mlp.fc1.weight')[0],
    num_hidden_layers: countLayers(weights.keys()),
    num_attention_heads: Math.max(1, Math.floor(width / 64)),
    max_position_embeddings: shape('text_model.embeddings.position_embedding.weight')[0],
    hidden_act: tower.hiddenAct,
    layer_norm_eps: 1e-5,
    projection_dim: projection?.shape[projection.transposed === true ? 1 : 0] ?? width,
    bos_token_id: vocabulary - 2,
    eos_token_id: vocabulary - 1,
    pad_token_id: tower.layout === 'open-clip' ? 0 : vocabulary - 1,
  }
}

const layerOf = (key: string): number => Number(/\.layers\.(\d+)\./.exec(key)?.[1] ?? -1)

const countLayers = (keys: Iterable<string>): number => {
  let last = -1
  for (const key of keys) last = Math.max(last, layerOf(key))
  return last + 1
}

const unexpected = (found: string, expected: string): EngineError =>
  new EngineError('model-incomplete', {
    where: 'text encoder',
    found,
    expected,
    remedy: 'The file has no complete text encoder: choose another version of the model.',
    component: 'text_encoder',
  })
