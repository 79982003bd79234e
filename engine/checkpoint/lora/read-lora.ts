import { ndArray, type NdArray } from '../../tensor/nd-array.ts'
import { readTensors } from '../read-tensor.ts'
import type { TensorEntry } from '../safetensors.ts'
import { headerAlpha } from './header-alpha.ts'
import type { LoraTarget } from './lora-targets.ts'
import type { LoraMatch } from './match-lora.ts'

/**
 * One changed layer: its weight becomes weight + strength · alpha / rank · up · down.
 *
 * For a linear layer [out, in]: down [rank, in], up [out, rank]. For a convolution [out, in, h, w]: down [rank, in, h, w],
 * up [out, rank, 1, 1]; a tucker kernel is already multiplied into `down`.
 */
export interface LoraLayer extends LoraTarget {
  readonly rank: number
  /** The rank itself where the file says nothing, so that the scale is 1. */
  readonly alpha: number
  readonly down: NdArray
  readonly up: NdArray
}

/**
 * Reads the matrices of all matched layers as float32. Alpha comes from the layer's own tensor, else from the header.
 *
 * @throws EngineError what `readTensor` throws
 */
export const readLora = async ({ file, layers }: LoraMatch): Promise<readonly LoraLayer[]> => {
  const fromHeader = headerAlpha(file.checkpoint.metadata)
  const names = layers.flatMap(({ parts }) => Object.values(parts).map((entry: TensorEntry) => entry.name))
  const arrays = await readTensors(file.checkpoint, names)
  const read = (entry: TensorEntry | undefined): NdArray | undefined => arrays.get(entry?.name ?? '')
  return layers.map(({ target, rank, parts }) => {
    const stored = read(parts.alpha)?.data[0]
    const alpha = stored ?? fromHeader(target.component, target.module, rank) ?? rank
    const matrices = { down: read(parts.down), up: read(parts.up), mid: read(parts.mid) }
    // sd-scripts takes 0 for "the rank"
    return { ...target, rank, alpha: alpha === 0 ? rank : alpha, ...inForm(target, rank, matrices) }
  })
}

interface StoredMatrices {
  readonly down: NdArray | undefined
  readonly up: NdArray | undefined
  readonly mid: NdArray | undefined
}

const noValues = new Float32Array(0)

const inForm = (
  { shape }: LoraTarget,
  rank: number,
  { down, up, mid }: StoredMatrices,
): Pick<LoraLayer, 'down' | 'up'> => {
  const [outputs = 0, inputs = 0, ...kernel] = shape
  const values = down?.data ?? noValues
  return {
    down: ndArray([rank, inputs, ...kernel], mid === undefined ? values : foldMid(mid.data, values, rank)),
    up: ndArray([outputs, rank, ...kernel.map(() => 1)], up?.data ?? noValues),
  }
}

/**
 * A tucker kernel [r, r, h, w] times a 1x1 down [r, in] is an ordinary down [r, in, h, w]:
 * result[a, i, y, x] = Σ_b mid[a, b, y, x] · down[b, i].
 */
const foldMid = (mid: Float32Array, down: Float32Array, rank: number): Float32Array => {
  const inputs = down.length / rank
  const area = mid.length / (rank * rank)
  const result = new Float32Array(rank * inputs * area)
  for (let a = 0; a < rank; a += 1) {
    for (let i = 0; i < inputs; i += 1) {
      for (let at = 0; at < area; at += 1) {
        let sum = 0
        for (let b = 0; b < rank; b += 1) {
          sum += (mid[(a * rank + b) * area + at] ?? 0) * (down[b * inputs + i] ?? 0)
        }
        result[(a * inputs + i) * area + at] = sum
      }
    }
  }
  return result
}
