import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { bfloat16ToFloat32, float16ToFloat32 } from '../tensor/half-floats.ts'
import { ndArray, type NdArray } from '../tensor/nd-array.ts'
import type { WeightDtype, WeightView } from '../tensor/weight-view.ts'
import { changedFile, fileSize, readBytes, withFile, type Checkpoint } from './checkpoint.ts'
import { weightDtype } from './safetensors-dtype.ts'

/**
 * One tensor of a checkpoint as float32: half floats are converted exactly, doubles and integers are rounded.
 *
 * @throws EngineError 'weight-missing', 'format-unsupported' (8-bit floats), 'file-malformed' when the file has changed
 */
export const readTensor = async (checkpoint: Checkpoint, name: string): Promise<NdArray> =>
  (await readTensors(checkpoint, [name])).get(name) ?? missing(checkpoint, name)

/** Several tensors with one opening of the file. See `readTensor`. */
export const readTensors = async (
  checkpoint: Checkpoint,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, NdArray>> =>
  withFile(checkpoint.file, async (handle) => {
    const where = basename(checkpoint.file)
    const size = await fileSize(handle, where)
    if (size !== checkpoint.size) throw changedFile(where, `a file of ${size} bytes`)
    const arrays = new Map<string, NdArray>()
    for (const name of names) {
      const entry = checkpoint.tensors.get(name) ?? missing(checkpoint, name)
      const dtype = weightDtype(entry.dtype)
      if (dtype === undefined) throw unsupportedDtype(where, name, entry.dtype)
      arrays.set(name, await readElements(handle, { ...entry, dtype }, where))
    }
    return arrays
  })

/** One weight as float32 and as the network wants it: a transposed view comes back transposed. See `readTensor`. */
export const readWeight = async (view: WeightView): Promise<NdArray> => {
  const stored = await withFile(view.file, async (handle) => readElements(handle, view, basename(view.file)))
  return view.transposed === true ? transposeMatrix(stored) : stored
}

const missing = (checkpoint: Checkpoint, name: string): never => {
  throw new EngineError('weight-missing', {
    where: basename(checkpoint.file),
    found: `no tensor "${name}"`,
    expected: `one of its ${checkpoint.tensors.size} tensors`,
  })
}

/** The failure of a weight that is needed but stored in a type that the engine cannot compute with. */
export const unsupportedDtype = (where: string, name: string, dtype: string): EngineError =>
  new EngineError('format-unsupported', {
    where,
    found: `"${name}" stored as ${dtype}`,
    expected: 'F32, F16 or BF16',
    remedy: 'Get the 16-bit version of this model.',
  })

type StoredElements = Pick<WeightView, 'byteOffset' | 'byteLength' | 'shape' | 'dtype'>

const readElements = async (handle: FileHandle, stored: StoredElements, where: string): Promise<NdArray> => {
  const bytes = await readBytes(handle, stored.byteOffset, stored.byteLength, where)
  return ndArray(stored.shape, toFloat32(bytes.buffer, stored.dtype))
}

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
