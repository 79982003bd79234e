import { basename } from 'node:path'
import type { WeightTable, WeightView } from '../tensor/weight-view.ts'
import type { Checkpoint } from './checkpoint.ts'
import { unsupportedDtype } from './read-tensor.ts'
import type { TensorEntry } from './safetensors.ts'
import { weightDtype } from './safetensors-dtype.ts'

/**
 * One tensor of a file as a weight under the key `key`.
 *
 * @throws EngineError 'format-unsupported' when it is stored in a type that the engine cannot compute with
 */
export const viewOf = (checkpoint: Checkpoint, entry: TensorEntry, key = entry.name): WeightView => {
  const { byteOffset, byteLength, shape } = entry
  const dtype = weightDtype(entry.dtype)
  if (dtype === undefined) throw unsupportedDtype(basename(checkpoint.file), entry.name, entry.dtype)
  return { key, file: checkpoint.file, byteOffset, byteLength, shape, dtype }
}

/** All tensors of a file as weights under their own names. Errors as `viewOf`. */
export const weightsOf = (checkpoint: Checkpoint): WeightTable =>
  new Map([...checkpoint.tensors.values()].map((entry) => [entry.name, viewOf(checkpoint, entry)]))
