import { concat, constant, input, reshape } from '../../../engine/graph/ops.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { clipLayer, type ClipTowerConfig } from '../../../engine/networks/clip/clip-layers.ts'
import { clipVision } from '../../../engine/networks/clip/clip-vision.ts'
import { resnetBlock } from '../../../engine/networks/layers/resnet-block.ts'
import { spatialTransformer } from '../../../engine/networks/layers/transformer.ts'
import { segmenter } from '../../../engine/networks/segmenter/segmenter.ts'
import { downBlock, midBlock, unet, upBlock } from '../../../engine/networks/unet/unet.ts'
import { vaeDecoder, vaeEncoder, type VaeConfig } from '../../../engine/networks/vae/vae.ts'
import { randomParams } from '../networks/random-params.ts'
import { tinyConfig } from '../networks/tiny-unet.ts'

/** A part of a network as a function of its float inputs. */
export interface NetworkBlock {
  readonly name: string
  readonly build: () => Value
}

const norm = { groups: 4, epsilon: 1e-5 }
const p = randomParams()

const vaeConfig: VaeConfig = {
  in_channels: 3,
  out_channels: 3,
  latent_channels: 4,
  block_out_channels: [8, 12],
  layers_per_block: 1,
  norm_num_groups: 4,
}
const clipConfig = (hidden_act: string): ClipTowerConfig => ({
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  hidden_act,
  layer_norm_eps: 1e-5,
})

const picture = (channels: number, height = 5, width = 6): Value => input('x', [1, channels, height, width])
const context = (): Value => input('context', [1, 3, 6])
const conditions = () => ({ time: input('time', [1, 32]), context: context() })
const [outer, inner] = [
  { channels: 8, layers: 1, heads: 2, depth: 1 },
  { channels: 12, layers: 1, heads: 2, depth: 1 },
]

const block = (name: string, build: () => Value): NetworkBlock => ({ name, build })

/** Every kind of block of every network, then whole networks. */
export const networkBlocks: readonly NetworkBlock[] = [
  block('resnet', () => resnetBlock(p.at('r1'), picture(8), 8, norm)),
  block('resnet with time and a shortcut', () => resnetBlock(p.at('r2'), picture(8), 12, norm, input('time', [1, 32]))),
  block('transformer with convolutions around', () =>
    spatialTransformer(p.at('t1'), picture(8), context(), { heads: 2, depth: 1, groups: 4, linearProjection: false }),
  ),
  block('transformer of two blocks with matrices around', () =>
    spatialTransformer(p.at('t2'), picture(8), context(), { heads: 4, depth: 2, groups: 4, linearProjection: true }),
  ),
  block('down block', () => {
    const skips = [picture(8)]
    downBlock(p.at('d'), tinyConfig, outer, 0, conditions(), skips)
    const flat = skips.map((skip) => reshape(skip, [1, -1]))
    return concat(flat, 1)
  }),
  block('mid block', () => midBlock(p.at('m'), tinyConfig, inner, picture(12), conditions())),
  block('up block to a size that is not twice', () => {
    const skips = [picture(8, 9, 7), input('skip', [1, 8, 5, 4]), input('skip2', [1, 12, 5, 4])]
    return upBlock(p.at('u'), tinyConfig, inner, 0, input('below', [1, 12, 5, 4]), conditions(), skips)
  }),
  block('UNet', () =>
    unet(p.at('unet'), tinyConfig, {
      sample: input('x', [1, 4, 6, 5]),
      timestep: constant({ shape: [1], data: Float32Array.of(317) }),
      context: context(),
    }),
  ),
  block('UNet with sizes and a pooled prompt, transformers of two blocks, matrices around', () =>
    unet(
      p.at('xl'),
      {
        ...tinyConfig,
        use_linear_projection: true,
        transformer_layers_per_block: [1, 2],
        down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D'],
        up_block_types: ['CrossAttnUpBlock2D', 'UpBlock2D'],
        addition_embed_type: 'text_time',
        addition_time_embed_dim: 4,
        projection_class_embeddings_input_dim: 30,
      },
      {
        sample: input('x', [1, 4, 6, 5]),
        timestep: constant({ shape: [1], data: Float32Array.of(317) }),
        context: context(),
        added: {
          textEmbeds: input('text_embeds', [1, 6]),
          timeIds: constant({ shape: [1, 6], data: Float32Array.of(512, 512, 0, 0, 512, 512) }),
        },
      },
    ),
  ),
  block('VAE encoder', () => vaeEncoder(p.at('e'), vaeConfig, picture(3, 6, 8)).mean),
  block('VAE decoder', () => vaeDecoder(p.at('g'), vaeConfig, picture(4, 3, 4))),
  block('CLIP layer with quick GELU', () =>
    clipLayer(p.at('c1'), clipConfig('quick_gelu'), input('x', [2, 5, 8]), undefined),
  ),
  block('CLIP layer with GELU and a mask', () =>
    clipLayer(p.at('c2'), clipConfig('gelu'), input('x', [2, 5, 8]), input('mask', [1, 1, 5, 5])),
  ),
  block('CLIP picture tower', () =>
    clipVision(
      p.at('cv'),
      { ...clipConfig('quick_gelu'), num_channels: 3, image_size: 6, patch_size: 2 },
      5,
      picture(3, 6, 6),
    ),
  ),
  block('segmenter', () =>
    segmenter(
      p.at('s'),
      { in_channels: 3, block_out_channels: [8, 12, 12], norm_num_groups: 4, classes: ['none', 'cat'], sample_size: 8 },
      picture(3, 8, 8),
    ),
  ),
]
