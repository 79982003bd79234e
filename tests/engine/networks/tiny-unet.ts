import { makeGraph, type Graph } from '../../../engine/graph/graph.ts'
import { input } from '../../../engine/graph/ops.ts'
import type { UNetConfig } from '../../../engine/networks/unet/unet-config.ts'
import { unet } from '../../../engine/networks/unet/unet.ts'
import { uniform } from '../autodiff/gradient-graph.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { randomParams } from './random-params.ts'

export const tinyConfig: UNetConfig = {
  in_channels: 4,
  out_channels: 4,
  block_out_channels: [8, 12],
  layers_per_block: 1,
  down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
  cross_attention_dim: 6,
  attention_head_dim: 2,
  transformer_layers_per_block: 1,
  use_linear_projection: false,
  norm_num_groups: 4,
  norm_eps: 1e-5,
  flip_sin_to_cos: true,
  freq_shift: 0,
  downsample_padding: 1,
}

/** A UNet with random weights that travel inside the graph, of five tokens: inputs and output as `unetGraph` names them. */
export const tinyUNet = ({ batch = 1, height = 6, width = 4, config = tinyConfig } = {}): Graph =>
  makeGraph('unet', {
    prediction: unet(randomParams(), config, {
      sample: input('sample', [batch, config.in_channels, height, width]),
      timestep: input('timestep', [batch]),
      context: input('context', [batch, 5, config.cross_attention_dim]),
    }),
  })

/** Numbers for every input of a graph. */
export const feedsFor = (graph: Graph): Readonly<Record<string, NdArray>> =>
  Object.fromEntries([...graph.inputs].map(([name, { shape }], i) => [name, uniform(shape, i)]))
