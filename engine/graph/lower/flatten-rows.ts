import { sameShape, sizeOf, type Shape } from '../../tensor/nd-array.ts'
import { makeValue } from '../make-value.ts'
import type { OpName } from '../op-specs.ts'
import { reshape } from '../ops.ts'
import { rewrite } from '../rewrite.ts'
import type { Graph } from '../graph.ts'
import { isOp, type Value } from '../value.ts'

/** Operators that treat every row (last axis) alike, so that the axes before it may be flattened. */
const rowwise: ReadonlySet<OpName> = new Set([
  'layerNorm',
  'gelu',
  'scaledSigmoid',
  'sigmoid',
  'add',
  'sub',
  'mul',
  'div',
])

/**
 * Gemm works on [rows, C] while networks speak of [B, N, C]. Moving the reshapes behind row-wise operators lets them
 * meet and cancel, so that a transformer block stays flat from one attention to the next.
 */
export const flattenRows = (graph: Graph): Graph =>
  rewrite(graph, (value, operands) => {
    if (!rowwise.has(value.op)) return undefined
    const wide = operands.filter((operand) => sameShape(operand.shape, value.shape))
    const flat = wide.map(flatSource).find((source) => source !== undefined)?.shape
    const others = operands.filter((operand) => !wide.includes(operand))
    if (flat === undefined || !others.every((operand) => isPerColumn(operand.shape, value.shape))) return undefined
    const flattened = operands.map((operand) => (wide.includes(operand) ? flatten(operand, flat) : operand))
    return reshape(makeValue(value.op, flattened, value.attributes, value.label), value.shape)
  })

/** The matrix that a value is only another view of. */
const flatSource = (value: Value): Value | undefined => {
  const source = value.inputs[0]
  const isView = isOp(value, 'reshape') && value.shape.length > 2 && source?.shape.length === 2
  return isView && source.shape[1] === value.shape.at(-1) ? source : undefined
}

const flatten = (value: Value, shape: Shape): Value => flatSource(value) ?? reshape(value, shape)

/** A vector along the last axis, or a scalar. */
const isPerColumn = (shape: Shape, wide: Shape): boolean =>
  sizeOf(shape) === 1 || (shape.length === 1 && shape[0] === wide.at(-1))
