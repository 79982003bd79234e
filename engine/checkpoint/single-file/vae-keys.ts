import { EngineError } from '../../contract/failures.ts'
import type { WeightTable, WeightView } from '../../tensor/weight-view.ts'
import type { RawConfig } from '../config/parse-config-json.ts'
import type { KeyMap } from './unet-keys.ts'
import type { Shapes } from './unet-structure.ts'

/**
 * From the keys of an LDM autoencoder (without `first_stage_model.`) to those of diffusers; undefined for any other key.
 * Its decoder counts levels from the finest, diffusers from the coarsest.
 *
 * @source huggingface/diffusers, scripts/convert_diffusers_to_original_stable_diffusion.py
 */
export const vaeKeyMap = (shapes: Shapes): KeyMap => {
  let levels = 0
  while (shapes.has(`decoder.up.${levels}.block.0.norm1.weight`)) levels += 1
  return (fileKey) => {
    if (!/^(encoder|decoder|quant_conv|post_quant_conv)\./.test(fileKey)) return undefined
    return fileKey
      .replace(/\.up\.(\d+)\./, (_, level: string) => `.up_blocks.${levels - 1 - Number(level)}.`)
      .replace(/\.down\.(\d+)\./, '.down_blocks.$1.')
      .replace(/\.block\.(\d+)\./, '.resnets.$1.')
      .replace('.downsample.conv.', '.downsamplers.0.conv.')
      .replace('.upsample.conv.', '.upsamplers.0.conv.')
      .replace('.nin_shortcut.', '.conv_shortcut.')
      .replace(/\.mid\.block_(\d)\./, (_, block: string) => `.mid_block.resnets.${Number(block) - 1}.`)
      .replace('.mid.attn_1.', '.mid_block.attentions.0.')
      .replace(/(\.mid_block\.attentions\.0)\.(norm|q|k|v|proj_out)\./, (_, module: string, part: string) => {
        return `${module}.${attentionParts.get(part) ?? part}.`
      })
      .replace(/^(encoder|decoder)\.norm_out\./, '$1.conv_norm_out.')
  }
}

const attentionParts: ReadonlyMap<string, string> = new Map([
  ['norm', 'group_norm'],
  ['q', 'to_q'],
  ['k', 'to_k'],
  ['v', 'to_v'],
  ['proj_out', 'to_out.0'],
])

/** Attention weights of LDM are 1x1 convolutions, [C, C, 1, 1]; diffusers reads the same bytes as matrices, [C, C]. */
export const asMatrix = (view: WeightView): WeightView => {
  const [rows = 1, columns = 1, ...rest] = view.shape
  const isOne =
    /\.attentions\.\d+\.to_.*\.weight$/.test(view.key) && rest.length === 2 && rest.every((side) => side === 1)
  return isOne ? { ...view, shape: [rows, columns] } : view
}

/**
 * A VAE's configuration as its shapes say, in the layout of diffusers.
 *
 * @throws EngineError 'model-incomplete' when the weights are not those of an AutoencoderKL with both halves
 */
export const vaeConfigOf = (weights: WeightTable): RawConfig => {
  const shape = (key: string): readonly number[] => {
    const view = weights.get(key)
    if (view === undefined) throw incomplete(key)
    return view.shape
  }
  const channels: number[] = []
  while (weights.has(resnet(channels.length, 0))) channels.push(shape(resnet(channels.length, 0))[0] ?? 0)
  let layers = 0
  while (weights.has(resnet(0, layers))) layers += 1
  if (layers === 0) throw incomplete(resnet(0, 0))
  return {
    in_channels: shape('encoder.conv_in.weight')[1],
    out_channels: shape('decoder.conv_out.weight')[0],
    latent_channels: shape('decoder.conv_in.weight')[1],
    block_out_channels: channels,
    layers_per_block: layers,
    use_quant_conv: weights.has('quant_conv.weight'),
    use_post_quant_conv: weights.has('post_quant_conv.weight'),
    mid_block_add_attention: weights.has('decoder.mid_block.attentions.0.group_norm.weight'),
  }
}

const resnet = (level: number, layer: number): string => `encoder.down_blocks.${level}.resnets.${layer}.conv2.weight`

const incomplete = (key: string): EngineError =>
  new EngineError('model-incomplete', {
    where: 'vae',
    found: `no "${key}"`,
    expected: 'the weights of an AutoencoderKL',
    remedy: 'The file has no complete VAE: choose a VAE file of its own, or another version of the model.',
    component: 'vae',
  })
