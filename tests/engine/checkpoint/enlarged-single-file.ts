import { open } from 'node:fs/promises'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { sizeOf, type Shape } from '../../../engine/tensor/nd-array.ts'
import { singleFile } from './recorded-files.ts'
import { safetensorsBytes } from './safetensors-bytes.ts'

interface EnlargedOptions {
  /** Leaves tensors out. */
  readonly keeps?: (key: string) => boolean
}

/**
 * Writes an SD 1.5 checkpoint in one file with the keys of the recorded one and widths that its family's own heads and
 * groups fit: UNet and VAE four times as wide, text 768 wide with CLIP's vocabulary. All numbers are 0, and holes on disk.
 */
export const writeEnlargedSd15 = async (path: string, { keeps = () => true }: EnlargedOptions = {}): Promise<void> => {
  const { tensors } = await openCheckpoint(singleFile('sd15-inpaint'))
  const header: Record<string, unknown> = {}
  let offset = 0
  for (const { name, shape } of tensors.values()) {
    if (!keeps(name)) continue
    const larger = enlarged(name, shape)
    const end = offset + 2 * sizeOf(larger)
    header[name] = { dtype: 'F16', shape: larger, data_offsets: [offset, end] }
    offset = end
  }
  const bytes = safetensorsBytes(JSON.stringify(header), 0)
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.truncate(bytes.length + offset)
  } finally {
    await file.close()
  }
}

/** Sides that are no widths: latents, colours, kernels, context, positions. */
const enlarged = (key: string, shape: Shape): Shape => {
  if (key.endsWith('input_blocks.0.0.weight')) return [4 * (shape[0] ?? 0), 4, 3, 3]
  if (key.endsWith('token_embedding.weight')) return [49408, 768]
  if (key.endsWith('position_embedding.weight')) return [77, 768]
  const factor = key.startsWith('cond_stage_model.') ? 32 : 4
  // Posterior and latents keep their channels, and so does everything that ends or begins with latents or colours.
  if (/\.(quant_conv|post_quant_conv)\./.test(key)) return shape
  if (/encoder\.conv_out\.bias$|decoder\.conv_out\.bias$|\.out\.2\.bias$/.test(key)) return shape
  if (/(encoder|decoder)\.conv_in\.weight$/.test(key)) return [factor * (shape[0] ?? 0), ...shape.slice(1)]
  if (/(encoder|decoder)\.conv_out\.weight$|\.out\.2\.weight$/.test(key)) {
    const [out = 0, into = 0, ...kernel] = shape
    return [out, factor * into, ...kernel]
  }
  return shape.map((side, i) => (i < 2 && side !== 768 && side > 1 ? factor * side : side))
}
