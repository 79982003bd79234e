import { sizeOf, sameShape, type NdArray } from '../tensor/nd-array.ts'
import { makeGraph, topologicalOrder, type Graph } from './graph.ts'
import { constant, reshape, transpose } from './ops.ts'
import { withOperands } from './rewrite.ts'
import { isOp, type Value } from './value.ts'

/**
 * Removes what changes nothing (identity reshapes, transposes, adding 0, multiplying by 1), joins reshapes and
 * transposes that follow each other, folds arithmetic of scalars, and merges equal values. Dead values are gone by
 * construction. Numbers stay the same up to the folding of scalar constants in float32.
 */
export const simplify = (graph: Graph): Graph => {
  const latest = new Map<Value, Value>()
  const known = new Map<string, Value>()
  const numbers = new Map<Value, number>()
  for (const value of topologicalOrder([...graph.outputs.values()])) {
    const operands = value.inputs.map((operand) => latest.get(operand) ?? operand)
    const simpler = simplifyValue(withOperands(value, operands))
    const key = identityOf(simpler, numbers)
    const merged = known.get(key) ?? simpler
    known.set(key, merged)
    if (!numbers.has(merged)) numbers.set(merged, numbers.size)
    latest.set(value, merged)
  }
  return makeGraph(graph.name, new Map([...graph.outputs].map(([name, value]) => [name, latest.get(value) ?? value])))
}

const simplifyValue = (value: Value): Value => {
  const [first, second] = value.inputs
  if (first === undefined) return value
  if (isOp(value, 'reshape')) return simplifyReshape(value, first)
  if (isOp(value, 'transpose')) return simplifyTranspose(value, first)
  if (isOp(value, 'cast') && value.attributes.to === first.dtype) return first
  if (isOp(value, 'expand') && sameShape(value.shape, first.shape)) return first
  if (isOp(value, 'slice') && sameShape(value.shape, first.shape)) return first
  if (isOp(value, 'upsample') && sameShape(value.shape, first.shape)) return first
  if (second === undefined) return isOp(value, 'concat') ? first : value
  return simplifyArithmetic(value, first, second)
}

const simplifyReshape = (value: Value<'reshape'>, x: Value): Value => {
  if (sameShape(value.shape, x.shape)) return x
  const inner = x.inputs[0]
  return isOp(x, 'reshape') && inner !== undefined
    ? simplifyReshape(reshape(inner, value.shape) as Value<'reshape'>, inner)
    : value // reshape() makes a reshape
}

const simplifyTranspose = (value: Value<'transpose'>, x: Value): Value => {
  const { permutation } = value.attributes
  if (permutation.every((axis, i) => axis === i)) return x
  const inner = x.inputs[0]
  if (!isOp(x, 'transpose') || inner === undefined) return value
  const joined = permutation.map((axis) => x.attributes.permutation[axis] ?? axis)
  return joined.every((axis, i) => axis === i) ? inner : transpose(inner, joined)
}

const arithmetic: Partial<Record<Value['op'], (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
}

const simplifyArithmetic = (value: Value, a: Value, b: Value): Value => {
  const operation = arithmetic[value.op]
  if (operation === undefined) return value
  const [left, right] = [scalarOf(a), scalarOf(b)]
  if (left !== undefined && right !== undefined && value.shape.length === 0) {
    return constant({ shape: [], data: Float32Array.of(operation(left, right)) })
  }
  const neutral = value.op === 'mul' || value.op === 'div' ? 1 : 0
  if (right === neutral && sameShape(a.shape, value.shape)) return a
  const commutes = value.op === 'add' || value.op === 'mul'
  return commutes && left === neutral && sameShape(b.shape, value.shape) ? b : value
}

const scalarOf = (value: Value): number | undefined => {
  if (!isOp(value, 'constant') || value.dtype !== 'float32' || sizeOf(value.shape) !== 1) return undefined
  return Number(value.attributes.array.data[0])
}

/** A text that two values share exactly when they compute the same from the same operands. */
const identityOf = (value: Value, numbers: ReadonlyMap<Value, number>): string => {
  const operands = value.inputs.map((operand) => numbers.get(operand)).join(',')
  return `${value.op}(${operands})${value.dtype}${attributesText(value, numbers)}${value.label ?? ''}`
}

const attributesText = (value: Value, numbers: ReadonlyMap<Value, number>): string => {
  if (isOp(value, 'initializer')) return JSON.stringify(value.attributes.view)
  if (!isOp(value, 'constant')) return JSON.stringify(value.attributes)
  const { shape, data }: Pick<NdArray, 'shape'> & { readonly data: { readonly length: number } } =
    value.attributes.array
  if (data.length > 64) return `large constant ${numbers.size}`
  const elements = data as ArrayLike<number | bigint> // every element array is one
  return `${JSON.stringify(shape)}${Array.from(elements, String).join(' ')}`
}
