import type { RawConfig } from '../config/parse-config-json.ts'
import type { Family } from '../families/family.ts'
import { structureConfig, unetStructure, type PlacedModule, type Shapes } from './unet-structure.ts'

/** A component's tensors by their key in the file: the key in the layout of diffusers, where there is one. */
export type KeyMap = (fileKey: string) => string | undefined

/**
 * From the keys of an LDM UNet (without `model.diffusion_model.`) to those of diffusers; undefined for any other key.
 *
 * @source huggingface/diffusers, scripts/convert_diffusers_to_original_stable_diffusion.py
 */
export const unetKeyMap = (shapes: Shapes): KeyMap => {
  const { modules } = unetStructure(shapes)
  return (fileKey) => {
    const [, place = '', tail = ''] =
      /^((?:input_blocks|output_blocks)\.\d+\.\d+|middle_block\.\d+)\.(.+)$/.exec(fileKey) ?? []
    const placed = modules.get(place)
    return placed === undefined ? renameFirst(fileKey, ends) : renameInside(placed, tail)
  }
}

const renameInside = ({ kind, module }: PlacedModule, tail: string): string | undefined => {
  switch (kind) {
    case 'attention':
      return `${module}.${tail}`
    case 'resnet': {
      const inside = renameFirst(tail, resnetParts)
      return inside === undefined ? undefined : `${module}.${inside}`
    }
    case 'sampler':
      return `${module}.${tail.replace(/^(op|conv)\./, '')}`
  }
}

/** Replaces the first matching beginning of a key. */
const renameFirst = (key: string, table: readonly (readonly [string, string])[]): string | undefined => {
  const row = table.find(([from]) => key.startsWith(from))
  return row === undefined ? undefined : row[1] + key.slice(row[0].length)
}

const ends = [
  ['time_embed.0.', 'time_embedding.linear_1.'],
  ['time_embed.2.', 'time_embedding.linear_2.'],
  ['label_emb.0.0.', 'add_embedding.linear_1.'],
  ['label_emb.0.2.', 'add_embedding.linear_2.'],
  ['input_blocks.0.0.', 'conv_in.'],
  ['out.0.', 'conv_norm_out.'],
  ['out.2.', 'conv_out.'],
] as const

const resnetParts = [
  ['in_layers.0.', 'norm1.'],
  ['in_layers.2.', 'conv1.'],
  ['emb_layers.1.', 'time_emb_proj.'],
  ['out_layers.0.', 'norm2.'],
  ['out_layers.3.', 'conv2.'],
  ['skip_connection.', 'conv_shortcut.'],
] as const

/**
 * A UNet's configuration as its shapes and its family say. Errors as `structureConfig`.
 *
 * @param shapes  by key in the file, without the prefix
 */
export const unetConfigOf = (shapes: Shapes, family: Family): RawConfig => {
  const structure = structureConfig(unetStructure(shapes))
  const channels = structure['block_out_channels'] as readonly number[] // as structureConfig writes it
  const attention = 'middle_block.1'
  const pooledInput = shapes.get('label_emb.0.0.weight')?.[1]
  return {
    ...structure,
    in_channels: shapes.get('input_blocks.0.0.weight')?.[1],
    out_channels: shapes.get('out.2.weight')?.[0],
    cross_attention_dim: shapes.get(`${attention}.transformer_blocks.0.attn2.to_k.weight`)?.[1],
    use_linear_projection: shapes.get(`${attention}.proj_in.weight`)?.length === 2,
    attention_head_dim: 'count' in family.heads ? family.heads.count : headCounts(channels, family.heads.channels),
    ...(pooledInput === undefined
      ? {}
      : { addition_embed_type: 'text_time', projection_class_embeddings_input_dim: pooledInput }),
    ...family.unet,
  }
}

const headCounts = (channels: readonly number[], perHead: number): number[] =>
  channels.map((side) => Math.max(1, Math.floor(side / perHead)))
