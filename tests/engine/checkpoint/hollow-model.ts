import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { input } from '../../../engine/graph/ops.ts'
import { clipText } from '../../../engine/networks/clip/clip-text.ts'
import { sizeOf, type Shape } from '../../../engine/tensor/nd-array.ts'
import { halfSdxlUNet, sd15UNet, sdVae } from '../../bench/published-configs.ts'
import { recordShapes, unetShapes, vaeShapes, type WeightShapes } from '../../bench/random-model.ts'
import { safetensorsBytes } from './safetensors-bytes.ts'

const smallTower = { layers: 12, width: 768, act: 'quick_gelu', isProjected: false } as const
const largeTower = { layers: 32, width: 1280, act: 'gelu', isProjected: true } as const

/** Published networks, whole, with half-precision weights of 0: holes on disk, which take no room there. */
export const hollowModels = {
  'SD 1.5': { unet: { ...sd15UNet, sample_size: 64 }, towers: [smallTower] },
  SDXL: {
    unet: { ...halfSdxlUNet, transformer_layers_per_block: [1, 2, 10], sample_size: 128 },
    towers: [smallTower, largeTower],
  },
} as const

/** Writes a folder of diffusers that opens; its tokenizers know no words. */
export const writeHollowModel = async (folder: string, name: keyof typeof hollowModels): Promise<void> => {
  const { unet, towers: shapes } = hollowModels[name]
  const towers = shapes.map((_, i) => (i === 0 ? 'text_encoder' : 'text_encoder_2'))
  await writeComponent(join(folder, 'unet'), unet, unetShapes(unet), 'diffusion_pytorch_model')
  await writeComponent(join(folder, 'vae'), { ...sdVae, scaling_factor: 0.18215 }, vaeShapes(sdVae), 'diffusion_pytorch_model') // prettier-ignore
  for (const [i, tower] of towers.entries()) {
    const config = textConfig(shapes[i] ?? smallTower)
    await writeComponent(join(folder, tower), config, textShapes(config, shapes[i]?.isProjected === true), 'model')
    const tokenizer = join(folder, i === 0 ? 'tokenizer' : 'tokenizer_2')
    await mkdir(tokenizer, { recursive: true })
    await writeFile(join(tokenizer, 'vocab.json'), '{"<|startoftext|>":0,"<|endoftext|>":1}')
    await writeFile(join(tokenizer, 'merges.txt'), '#version: 0.2\n')
  }
  await mkdir(join(folder, 'scheduler'))
  await writeFile(join(folder, 'scheduler', 'scheduler_config.json'), JSON.stringify(scheduler))
  const parts = ['unet', 'vae', ...towers].map((part) => [part, ['diffusers', 'any']] as const)
  const pipeline = name === 'SDXL' ? 'StableDiffusionXLPipeline' : 'StableDiffusionPipeline'
  await writeFile(join(folder, 'model_index.json'), JSON.stringify({ _class_name: pipeline, ...Object.fromEntries(parts) })) // prettier-ignore
}

const scheduler = {
  _class_name: 'DDIMScheduler',
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  num_train_timesteps: 1000,
  prediction_type: 'epsilon',
}

const textConfig = ({ layers, width, act }: typeof smallTower | typeof largeTower) => ({
  hidden_size: width,
  intermediate_size: 4 * width,
  num_hidden_layers: layers,
  num_attention_heads: width / 64,
  max_position_embeddings: 77,
  vocab_size: 49408,
  hidden_act: act,
  layer_norm_eps: 1e-5,
  projection_dim: width,
})

const textShapes = (config: ReturnType<typeof textConfig>, isProjected: boolean): WeightShapes => {
  const shapes = recordShapes((params) => {
    clipText(params, config, input('ids', [1, 77], 'int64'), input('end_positions', [1], 'int64'))
  })
  return isProjected ? shapes : new Map([...shapes].filter(([key]) => key !== 'text_projection.weight'))
}

const writeComponent = async (folder: string, config: object, shapes: WeightShapes, file: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  let offset = 0
  const place = (shape: Shape) => {
    const start = offset
    offset += 2 * sizeOf(shape)
    return { dtype: 'F16', shape, data_offsets: [start, offset] }
  }
  const header = Object.fromEntries([...shapes].map(([key, shape]) => [key, place(shape)]))
  const bytes = safetensorsBytes(JSON.stringify(header), 0)
  const handle = await open(join(folder, `${file}.safetensors`), 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.truncate(bytes.length + offset)
  } finally {
    await handle.close()
  }
}
