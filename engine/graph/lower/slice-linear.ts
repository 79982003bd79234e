import { topologicalOrder, type Graph } from '../graph.ts'
import { makeValue } from '../make-value.ts'
import { cast } from '../ops.ts'
import { rewrite } from '../rewrite.ts'
import { isOp, type Value } from '../value.ts'

/**
 * A projection that is cut along its last axis right away (GEGLU's two halves) becomes one projection for each part,
 * on a row range of the same weight: the parts are written where they are wanted instead of being copied apart.
 */
export const sliceLinear = (graph: Graph): Graph => {
  const cutOnly = linearsThatAreOnlyCut(graph)
  return rewrite(graph, (value, [projection]) => {
    if (!isOp(value, 'slice') || projection === undefined || !isOp(projection, 'linear')) return undefined
    const original = value.inputs[0]
    if (original === undefined || !cutOnly.has(original) || projection.attributes.transposed) return undefined
    const [x, weight, bias] = projection.inputs
    const { start, end } = value.attributes
    const part = weight && rowsOf(weight, start, end)
    const partBias = bias && rowsOf(bias, start, end)
    if (x === undefined || part === undefined || (bias !== undefined && partBias === undefined)) return undefined
    return makeValue('linear', partBias ? [x, part, partBias] : [x, part], projection.attributes, projection.label)
  })
}

const linearsThatAreOnlyCut = (graph: Graph): ReadonlySet<Value> => {
  const cut = new Set<Value>()
  const used = new Set<Value>(graph.outputs.values())
  for (const value of topologicalOrder([...graph.outputs.values()])) {
    for (const operand of value.inputs) {
      const isCut = isOp(value, 'slice') && value.attributes.axis === operand.shape.length - 1
      if (isCut && isOp(operand, 'linear')) cut.add(operand)
      else used.add(operand)
    }
  }
  return new Set([...cut].filter((value) => !used.has(value)))
}

const bytesOf = { float32: 4, float16: 2, bfloat16: 2, float64: 8, int64: 8, int32: 4, uint8: 1, bool: 1 } as const

/** Rows start … end-1 of a weight in its file, undefined when the value is not a plain weight. */
const rowsOf = (weight: Value, start: number, end: number): Value | undefined => {
  const source = isOp(weight, 'cast') ? weight.inputs[0] : weight
  if (source === undefined || !isOp(source, 'initializer')) return undefined
  const { view } = source.attributes
  const rowBytes = view.shape.slice(1).reduce((product, side) => product * side, bytesOf[view.dtype])
  const part = {
    ...view,
    key: `${view.key}[${start}:${end}]`,
    byteOffset: view.byteOffset + start * rowBytes,
    byteLength: (end - start) * rowBytes,
    shape: [end - start, ...view.shape.slice(1)],
  }
  return cast(makeValue('initializer', [], { view: part }), weight.dtype)
}
