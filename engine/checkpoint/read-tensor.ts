import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { bfloat16ToFloat32, float16ToFloat32 } from '../tensor/half-floats.ts'
import { ndArray, type NdArray, type Shape } from '../tensor/nd-array.ts'
import type { WeightDtype, WeightView } from '../tensor/weight-view.ts'
import { changedFile, fileSize, readBytes, withFile, type Checkpoint } from './checkpoint.ts'
import { weightDtype } from './safetensors-dtype.ts'

/**
 * One tensor of a checkpoint as float32: half floats are converted exactly, doubles and integers are rounded.
 *
 * @throws EngineError 'weight-missing', 'format-unsupported' (8-bit floats), 'file-malformed' when the file has changed
 */
export const readTensor = async (checkpoint: Checkpoint, name: string): Promise<NdArray> => {
  const entry = checkpoint.tensors.get(name)
  if (entry === undefined) {
    throw new EngineError('weight-missing', {
      where: basename(checkpoint.file),
      found: `no tensor "${name}"`,
      expected: `one of its ${checkpoint.tensors.size} tensors`,
    })
  }
  const dtype = weightDtype(entry.dtype)
  if (dtype === undefined) throw unsupportedDtype(basename(checkpoint.file), name, entry.dtype)
  return readElements({ ...entry, file: checkpoint.file, dtype }, checkpoint.size)
}

/** One weight as float32 and as the network wants it: a transposed view comes back transposed. See `readTensor`. */
export const readWeight = async (view: WeightView): Promise<NdArray> => {
  const stored = await readElements(view)
  return view.transposed === true ? transposeMatrix(stored) : stored
}

/** The failure of a weight that is needed but stored in a type that the engine cannot compute with. */
export const unsupportedDtype = (where: string, name: string, dtype: string): EngineError =>
  new EngineError('format-unsupported', {
    where,
    found: `"${name}" stored as ${dtype}`,
    expected: 'F32, F16 or BF16',
    remedy: 'Get the 16-bit version of this model.',
  })

interface StoredElements {
  readonly file: string
  readonly byteOffset: number
  readonly byteLength: number
  readonly shape: Shape
  readonly dtype: WeightDtype
}

const readElements = async (stored: StoredElements, expectedSize?: number): Promise<NdArray> =>
  withFile(stored.file, async (handle) => {
    const where = basename(stored.file)
    const size = await fileSize(handle, where)
    if (expectedSize !== undefined && size !== expectedSize) throw changedFile(where, `a file of ${size} bytes`)
    const bytes = await readBytes(handle, stored.byteOffset, stored.byteLength, where)
    return ndArray(stored.shape, toFloat32(bytes.buffer, stored.dtype))
  })

const toFloat32 = (buffer: ArrayBufferLike, dtype: WeightDtype): Float32Array => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float16':
      return float16ToFloat32(new Uint16Array(buffer))
    case 'bfloat16':
      return bfloat16ToFloat32(new Uint16Array(buffer))
    case 'float64':
      return Float32Array.from(new Float64Array(buffer))
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer), Number)
    case 'int32':
      return Float32Array.from(new Int32Array(buffer))
    case 'uint8':
    case 'bool':
      return Float32Array.from(new Uint8Array(buffer))
  }
}

const transposeMatrix = ({ shape, data }: NdArray): NdArray => {
  const [rows = 1, columns = 1] = shape
  const result = new Float32Array(data.length)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      result[column * rows + row] = data[row * columns + column] ?? Number.NaN
    }
  }
  return ndArray([columns, rows], result)
}
