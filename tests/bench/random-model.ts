import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { input, slice } from '../../engine/graph/ops.ts'
import type { Params } from '../../engine/graph/params.ts'
import type { UNetConfig } from '../../engine/networks/unet/unet-config.ts'
import { unet } from '../../engine/networks/unet/unet.ts'
import { vaeDecoder, vaeEncoder, type VaeConfig } from '../../engine/networks/vae/vae.ts'
import { sizeOf, type Shape } from '../../engine/tensor/nd-array.ts'

/** Every weight that a network asks for, found by building it once without a file. */
export type WeightShapes = ReadonlyMap<string, Shape>

/** Builds a network once without a file and keeps what it asks for. */
export const recordShapes = (build: (params: Params) => void): WeightShapes => {
  const shapes = new Map<string, Shape>()
  const ask = (key: string, shape: Shape) => {
    shapes.set(key, shape)
    return input(key, shape)
  }
  const at = (path: string): Params => {
    const join = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`)
    return {
      path,
      at: (name) => at(join(name)),
      weight: (shape) => ask(join('weight'), shape),
      bias: (shape) => ask(join('bias'), shape),
      tensor: (name, shape) => ask(join(name), shape),
      has: () => true,
    }
  }
  build(at(''))
  return shapes
}

export const unetShapes = (config: UNetConfig): WeightShapes =>
  recordShapes((params) => {
    const added = {
      textEmbeds: input('text_embeds', [
        1,
        (config.projection_class_embeddings_input_dim ?? 2816) - 6 * (config.addition_time_embed_dim ?? 256),
      ]),
      timeIds: input('time_ids', [1, 6]),
    }
    const side = 2 ** config.block_out_channels.length
    unet(params, config, {
      sample: input('sample', [1, config.in_channels, side, side]),
      timestep: input('timestep', [1]),
      context: input('context', [1, 7, config.cross_attention_dim]),
      added: config.addition_embed_type === 'text_time' ? added : undefined,
    })
  })

export const vaeShapes = (config: VaeConfig): WeightShapes =>
  recordShapes((params) => {
    const side = 2 ** config.block_out_channels.length
    const { mean } = vaeEncoder(params, config, input('picture', [1, 3, side, side]))
    vaeDecoder(params, config, slice(mean, 0, 0, 1))
  })

/**
 * Writes random weights of these shapes as `<folder>/<component>/diffusion_pytorch_model.safetensors` (float32 or float16), unless a
 * file of the right size is there: matrices with variance 1/fan-in, norms near 1, biases near 0, so that numbers stay
 * finite and no runtime finds a scale of 1 or a bias of 0 to leave out.
 */
export const writeRandomComponent = async (
  folder: string,
  component: string,
  config: object,
  shapes: WeightShapes,
  dtype: keyof typeof elementBytes = 'F32',
): Promise<string> => {
  await mkdir(join(folder, component), { recursive: true })
  await writeFile(join(folder, component, 'config.json'), JSON.stringify(config))
  const path = join(folder, component, 'diffusion_pytorch_model.safetensors')
  const header = headerOf(shapes, dtype)
  const total =
    header.length + [...shapes.values()].reduce((sum, shape) => sum + elementBytes[dtype] * sizeOf(shape), 0)
  const present = await stat(path).catch(() => undefined)
  if (present?.size === total) return path
  const stream = createWriteStream(`${path}.tmp`)
  stream.write(header)
  for (const [key, shape] of shapes) {
    const weight = randomWeight(key, shape)
    const { buffer } = dtype === 'F32' ? weight : new Float16Array(weight)
    if (!stream.write(Buffer.from(buffer))) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'close')
  await rename(`${path}.tmp`, path)
  return path
}

const elementBytes = { F32: 4, F16: 2 } as const

const headerOf = (shapes: WeightShapes, dtype: keyof typeof elementBytes): Buffer => {
  let offset = 0
  const entries = [...shapes].map(([key, shape]) => {
    const start = offset
    offset += elementBytes[dtype] * sizeOf(shape)
    return [key, { dtype, shape, data_offsets: [start, offset] }]
  })
  const json = JSON.stringify(Object.fromEntries(entries))
  const padded = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8, ' '))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  return Buffer.concat([length, padded])
}

/** Uniform numbers of a small generator: speed matters at a billion weights, quality does not. */
const randomWeight = (key: string, shape: Shape): Float32Array<ArrayBuffer> => {
  const data = new Float32Array(sizeOf(shape))
  const isVector = shape.length === 1
  const middle = isVector && !key.endsWith('.bias') ? 1 : 0
  const spread = isVector ? 0.1 : Math.sqrt(3 / (sizeOf(shape) / (shape[0] ?? 1)))
  let state = [...key].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 2166136261)
  for (let i = 0; i < data.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    data[i] = middle + (state / 2147483648) * spread
  }
  return data
}
