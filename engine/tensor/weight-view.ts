import type { Shape } from './nd-array.ts'

/** How the bytes of a weight are stored in its file. */
export type WeightDtype = 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64' | 'int32' | 'uint8' | 'bool'

/**
 * A weight where it lies: a run of bytes inside a `.safetensors` file, read as `shape`.
 * `transposed` says that the stored matrix is the transpose of the one asked for: stored [in, out] for a wanted [out, in].
 */
export interface WeightView {
  /** The key under which a network asks for it, such as `down_blocks.0.resnets.0.conv1.weight`. */
  readonly key: string
  /** Absolute path, symbolic links resolved. */
  readonly file: string
  readonly byteOffset: number
  readonly byteLength: number
  /** Shape as stored, before any transposition. */
  readonly shape: Shape
  readonly dtype: WeightDtype
  readonly transposed?: boolean
}

/** All weights of one network by the keys its functions ask for. */
export type WeightTable = ReadonlyMap<string, WeightView>
