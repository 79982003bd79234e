import { topologicalOrder, type Graph } from '../../graph/graph.ts'
import { runOrder } from '../../graph/onnx/run-order.ts'
import { isOp, type Value } from '../../graph/value.ts'
import { sizeOf } from '../../tensor/nd-array.ts'
import { channelBlock } from './blocked-layout.ts'
import { constantValues } from '../../graph/constant-values.ts'
import { tensorBytes } from './tensor-bytes.ts'

/** Where the bytes of a session's weights are. */
export interface WeightMemory {
  /** Stay in their file and are mapped: the system may drop them and read them again. */
  readonly mappedBytes: number
  /** Private copies: converted to float32, packed for the matrix kernels, reordered for the convolutions. */
  readonly copiedBytes: number
  /** The most private bytes while the session is created, `copiedBytes` included. */
  readonly loadingBytes: number
}

/** A weight as its users see it: after conversion, which happens once, on loading. */
interface Weight {
  readonly value: Value
  readonly use: 'convolution' | 'matrix' | 'other'
}

/** Columns that a packed matrix is filled up to. */
const packedColumns = 16

/**
 * Bytes of the weights of one session on the CPU, when it copies them.
 *
 * @source onnxruntime 1.30: constant folding, NchwcTransformer and pre-packing, one after the other; seen in its allocations
 */
export const copiedWeights = (graph: Graph): WeightMemory => {
  let [mappedBytes, convolutions, matrices, others] = [0, 0, 0, 0]
  let [converted, reordering, largestMatrix] = [0, 0, 0]
  const seen = new Set<Value>()
  for (const { value, use } of usedWeights(graph)) {
    const isStoredSo = isOp(value, 'initializer')
    const bytes = tensorBytes(value)
    if (!isStoredSo && !seen.has(value)) converted += bytes
    seen.add(value)
    if (use === 'convolution') {
      convolutions += reorderedBytes(value)
      // Three more copies of it exist for a moment.
      reordering = Math.max(reordering, convolutions + 3 * reorderedBytes(value))
    } else if (use === 'matrix') {
      matrices += packedBytes(value)
      largestMatrix = Math.max(largestMatrix, packedBytes(value))
    } else if (isStoredSo) mappedBytes += bytes
    else others += bytes
  }
  const copiedBytes = convolutions + matrices + others
  // Conversions live until all convolutions are reordered.
  return { mappedBytes, copiedBytes, loadingBytes: Math.max(copiedBytes + largestMatrix, converted + reordering) }
}

/** Bytes of the weights of one session that leaves them in their file: of a table only the rows that are looked up. */
export const mappedWeights = (graph: Graph): WeightMemory => {
  const order = topologicalOrder([...graph.outputs.values()])
  const bytes = new Map<Value, number>()
  for (const value of order) {
    for (const operand of value.inputs) {
      if (!isOp(operand, 'initializer')) continue
      bytes.set(operand, Math.min(tensorBytes(operand), (bytes.get(operand) ?? 0) + readBytes(value, operand)))
    }
  }
  return { mappedBytes: [...bytes.values()].reduce((sum, count) => sum + count, 0), copiedBytes: 0, loadingBytes: 0 }
}

/** What a first touch makes resident of a mapped file around it. @source Linux, fault_around_bytes */
const touchedBytes = 64 * 2 ** 10

const readBytes = (user: Value, weight: Value): number => {
  const [table, rows] = user.inputs
  if (!isOp(user, 'gather') || table !== weight || rows === undefined) return tensorBytes(weight)
  const rowBytes = tensorBytes(weight) / (weight.shape[0] ?? 1)
  return sizeOf(rows.shape) * (rowBytes + touchedBytes)
}

/** Each weight once, but each product that it stands in: every matrix kernel packs its own copy. */
const usedWeights = (graph: Graph): readonly Weight[] => {
  const order = runOrder([...graph.outputs.values()])
  const constants = constantValues(order, { folds: true })
  const uses = new Map<Value, Weight['use']>()
  const products: Weight[] = []
  for (const value of order) {
    if (constants.has(value)) continue
    for (const [place, operand] of value.inputs.entries()) {
      if (!constants.has(operand) || isOp(operand, 'constant')) continue
      const use = useOf(value, place)
      if (use === 'matrix' && uses.get(operand) === 'matrix') products.push({ value: operand, use })
      if (use !== 'other' || !uses.has(operand)) uses.set(operand, use)
    }
  }
  return [...[...uses].map(([value, use]) => ({ value, use })), ...products]
}

const useOf = (value: Value, place: number): Weight['use'] => {
  if (place !== 1) return 'other'
  if (isOp(value, 'conv') || isOp(value, 'depthwiseConv')) return 'convolution'
  return isOp(value, 'gemm') || isOp(value, 'matmul') ? 'matrix' : 'other'
}

const roundUp = (size: number, step: number): number => Math.ceil(size / step) * step

/** [out, in, kh, kw] with both channel counts filled up to whole blocks; few input channels stay as they are. */
const reorderedBytes = ({ shape: [out = 1, into = 1, ...kernel] }: Value): number =>
  4 * roundUp(out, channelBlock) * (into < channelBlock ? into : roundUp(into, channelBlock)) * sizeOf(kernel)

const packedBytes = ({ shape }: Value): number => {
  const [rows = 1, columns = 1] = shape.slice(-2)
  return 4 * sizeOf(shape.slice(0, -2)) * roundUp(rows, packedColumns) * columns
}
