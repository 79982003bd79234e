import type { OpName } from '../../graph/op-specs.ts'
import { isOp, type Value } from '../../graph/value.ts'
import { sameShape, type Shape } from '../../tensor/nd-array.ts'

/** Channels that lie side by side in the layout of ONNX Runtime's convolutions, NCHW16c (with AVX-512; 8 without). */
export const channelBlock = 16

/** A picture's shape with its channels filled up to whole blocks. */
export const blockedShape = ([batch = 1, channels = 1, ...sides]: Shape): Shape => [
  batch,
  Math.ceil(channels / channelBlock) * channelBlock,
  ...sides,
]

/** What ONNX Runtime's layout transformer decides before a graph runs. */
export interface LayoutPlan {
  /** Values that are made in the blocked layout. */
  readonly blocked: ReadonlySet<Value>
  /** Convolutions that wait for the sum which they then write into: convolution → addition. */
  readonly sums: ReadonlyMap<Value, Value>
}

/** Nothing blocked. */
export const plainLayout: LayoutPlan = { blocked: new Set(), sums: new Map() }

const blockedActivations: ReadonlySet<OpName> = new Set(['relu', 'sigmoid', 'tanh'])

/**
 * Which values stay in the blocked layout: convolutions, and what ONNX Runtime can do to their results without leaving it.
 *
 * @param order  every value of a lowered graph, operands before users
 * @source onnxruntime 1.30, core/optimizer/nchwc_transformer.cc
 */
export const planLayout = (order: readonly Value[]): LayoutPlan => {
  const uses = countUses(order)
  const blocked = new Set<Value>()
  const sums = new Map<Value, Value>()
  for (const value of order) {
    if (!staysBlocked(value, blocked)) continue
    blocked.add(value)
    if (!isOp(value, 'add')) continue
    const convolution = value.inputs.find((x) => isOp(x, 'conv') && uses.get(x) === 1 && !sums.has(x))
    if (convolution !== undefined) sums.set(convolution, value)
  }
  return { blocked, sums }
}

const countUses = (order: readonly Value[]): ReadonlyMap<Value, number> => {
  const uses = new Map<Value, number>()
  for (const { inputs } of order) for (const operand of inputs) uses.set(operand, (uses.get(operand) ?? 0) + 1)
  return uses
}

const staysBlocked = (value: Value, blocked: ReadonlySet<Value>): boolean => {
  if (isOp(value, 'conv')) return true
  if (isOp(value, 'depthwiseConv')) return hasWholeBlocks(value)
  if (value.inputs.length === 0 || !value.inputs.every((operand) => blocked.has(operand))) return false
  if (isOp(value, 'add')) return value.inputs.every(({ shape }) => sameShape(shape, value.shape))
  if (isOp(value, 'concat')) return value.attributes.axis === 1 && value.inputs.every(hasWholeBlocks)
  return isOp(value, 'upsample') || blockedActivations.has(value.op)
}

const hasWholeBlocks = ({ shape }: Value): boolean => (shape[1] ?? 0) % channelBlock === 0
