import type { ClipTextConfig } from '../../../../engine/networks/clip/clip-text.ts'
import { clipText } from '../../../../engine/networks/clip/clip-text.ts'
import { input } from '../../../../engine/graph/ops.ts'
import type { UNetConfig } from '../../../../engine/networks/unet/unet-config.ts'
import { halfSdxlUNet, sd15UNet, sdVae } from '../../../bench/published-configs.ts'
import { recordShapes, unetShapes, vaeShapes, writeRandomComponent } from '../../../bench/random-model.ts'

/** SD 1.5's layout at half its widths: 0.86 GB in float32, so that what the runtime itself takes is small beside it. */
const sd1: UNetConfig = { ...sd15UNet, block_out_channels: [160, 320, 640, 640] }
/** SDXL's layout at half its widths and depths. */
const sdxl: UNetConfig = {
  ...halfSdxlUNet,
  block_out_channels: [160, 320, 640],
  attention_head_dim: [5, 5, 10],
}
/** The text tower of SD 1.x. */
const text: ClipTextConfig & { readonly [more: string]: unknown } = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  max_position_embeddings: 77,
  vocab_size: 49408,
  hidden_act: 'quick_gelu',
  projection_dim: 768,
  bos_token_id: 49406,
  eos_token_id: 49407,
  pad_token_id: 49407,
  layer_norm_eps: 1e-5,
}

const textShapes = recordShapes((params) => {
  clipText(params, text, input('ids', [1, 77], 'int64'), input('end_positions', [1], 'int64'))
})

/** Writes networks of published layouts with random weights; each is a component's folder below `folder`. */
export const writeMediumNetworks = async (folder: string): Promise<void> => {
  await writeRandomComponent(folder, 'sd1', sd1, unetShapes(sd1))
  await writeRandomComponent(folder, 'sd1-half', sd1, unetShapes(sd1), 'F16')
  await writeRandomComponent(folder, 'sdxl-half', sdxl, unetShapes(sdxl), 'F16')
  await writeRandomComponent(folder, 'vae', { ...sdVae, scaling_factor: 0.18215 }, vaeShapes(sdVae))
  await writeRandomComponent(folder, 'text', text, textShapes)
  await writeRandomComponent(folder, 'text-half', text, textShapes, 'F16')
}
