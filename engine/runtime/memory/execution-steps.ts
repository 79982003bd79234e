import type { Graph } from '../../graph/graph.ts'
import type { OpName } from '../../graph/op-specs.ts'
import { runOrder } from '../../graph/onnx/run-order.ts'
import { isOp, type Value } from '../../graph/value.ts'
import { sizeOf, type Shape } from '../../tensor/nd-array.ts'
import { blockedShape, channelBlock, plainLayout, planLayout, type LayoutPlan } from './blocked-layout.ts'
import { constantValues, isLeaf } from '../../graph/constant-values.ts'
import { tensorBytes } from './tensor-bytes.ts'

/** One kernel that runs: whose results it reads and what memory it takes. Results bear the numbers of their steps. */
export interface ExecutionStep {
  readonly reads: readonly number[]
  readonly shape: Shape
  readonly bytes: number
  /** The read whose memory the result is (a reshape). */
  readonly sharesWith?: number
  /** Reads that the result may overwrite when nobody needs them any more. */
  readonly mayOverwrite: readonly number[]
  /** Buffers that the kernel takes for itself, in bytes. */
  readonly scratch: readonly number[]
}

export interface Execution {
  readonly steps: readonly ExecutionStep[]
  /** Steps whose results the caller gets. */
  readonly results: readonly number[]
}

export interface ExecutionOptions {
  /** As in `SessionOptions`: with copied weights, convolutions work in blocked layout and conversions are folded. */
  readonly weights: 'copied' | 'mapped'
}

/** Element by element: the result may take the place of an operand of its size. */
const overwriting: ReadonlySet<OpName> = new Set<OpName>([
  ...(['add', 'sub', 'mul', 'div', 'neg', 'exp', 'log', 'sqrt'] as const),
  ...(['sigmoid', 'tanh', 'relu', 'clip', 'softmax', 'cast'] as const),
])

/** In the blocked layout too: operands are read again after the result was begun. */
const rereading: ReadonlySet<OpName> = new Set<OpName>(['conv', 'depthwiseConv', 'concat', 'upsample'])

/**
 * The kernels that ONNX Runtime runs for a lowered graph, in order, with the copies between layouts that it adds.
 *
 * @source onnxruntime 1.30; compared step by step with the allocations of its CPU kernels
 */
export const executionSteps = (graph: Graph, { weights }: ExecutionOptions): Execution => {
  const order = runOrder([...graph.outputs.values()])
  const constants = constantValues(order, { folds: weights === 'copied' })
  const plan = weights === 'copied' ? planLayout(order) : plainLayout
  const writer = new StepWriter(plan, (value) => isLeaf(value) || constants.has(value))
  for (const value of order) if (!isLeaf(value) && !constants.has(value)) writer.write(value)
  const results = [...graph.outputs.values()].flatMap((value) => writer.plain(value) ?? [])
  return { steps: writer.steps, results }
}

/** Writes one step after the other; knows where each value lies, plain or blocked. */
class StepWriter {
  readonly steps: ExecutionStep[] = []
  readonly #plan: LayoutPlan
  readonly #isGiven: (value: Value) => boolean
  readonly #plain = new Map<Value, number>()
  readonly #blocked = new Map<Value, number>()

  constructor(plan: LayoutPlan, isGiven: (value: Value) => boolean) {
    this.#plan = plan
    this.#isGiven = isGiven
  }

  /** Adds what makes `value`; a convolution that waits for a sum is written with the sum. */
  write(value: Value): void {
    if (this.#plan.sums.has(value)) return
    if (this.#plan.blocked.has(value)) this.#writeBlocked(value)
    else this.#writePlain(value)
  }

  /** The step that holds the value in its plain layout; undefined for what no step makes. */
  plain(value: Value): number | undefined {
    if (this.#isGiven(value)) return undefined
    return this.#plain.get(value) ?? this.#reorder(this.#plain, value, this.#blocked.get(value), value.shape)
  }

  #blockedOf(value: Value): number | undefined {
    return this.#blocked.get(value) ?? this.#reorder(this.#blocked, value, this.plain(value), blockedShape(value.shape))
  }

  #reorder(places: Map<Value, number>, value: Value, from: number | undefined, shape: Shape): number {
    const place = this.#add({ reads: from === undefined ? [] : [from], shape, bytes: 4 * sizeOf(shape) })
    places.set(value, place)
    return place
  }

  #writeBlocked(value: Value): void {
    const waiting = value.inputs.find((operand) => this.#plan.sums.get(operand) === value)
    const shape = blockedShape(value.shape)
    const others = value.inputs.filter((operand) => operand !== waiting).flatMap((x) => this.#readOf(value, x) ?? [])
    const pictures =
      waiting === undefined ? [] : waiting.inputs.slice(0, 1).flatMap((x) => this.#readOf(waiting, x) ?? [])
    const mayOverwrite = rereading.has(value.op) ? [] : others
    this.#blocked.set(
      value,
      this.#add({ reads: [...pictures, ...others], shape, bytes: 4 * sizeOf(shape), mayOverwrite }),
    )
  }

  /** A convolution of few channels (latents, pixels) reads the plain layout. */
  #readOf(value: Value, operand: Value): number | undefined {
    if (!isOp(value, 'conv')) return this.#isGiven(operand) ? undefined : this.#blockedOf(operand)
    if (operand !== value.inputs[0]) return undefined
    return (operand.shape[1] ?? 0) < channelBlock ? this.plain(operand) : this.#blockedOf(operand)
  }

  #writePlain(value: Value): void {
    const reads = value.inputs.flatMap((operand) => this.plain(operand) ?? [])
    const [first] = reads
    reads.push(...value.inputs.filter(isGelu).flatMap(({ inputs }) => this.plain(inputs[0] ?? value) ?? []))
    const bytes = tensorBytes(value)
    const isView = isOp(value, 'reshape') && first !== undefined
    const fitting = value.inputs.filter((operand) => tensorBytes(operand) === bytes)
    const mayOverwrite = overwriting.has(value.op) ? fitting.flatMap((operand) => this.plain(operand) ?? []) : []
    const scratch = scratchOf(value)
    const step = { reads, shape: value.shape, bytes, mayOverwrite, scratch }
    this.#plain.set(value, this.#add(isView ? { ...step, sharesWith: first } : step))
  }

  #add({ mayOverwrite = [], scratch = [], ...step }: Unfinished): number {
    this.steps.push({ ...step, mayOverwrite, scratch })
    return this.steps.length - 1
  }
}

/** ONNX Runtime holds the operand of a GELU until the result was read; seen in its allocations. */
const isGelu = (value: Value): boolean => isOp(value, 'gelu')

type Unfinished = Omit<ExecutionStep, 'mayOverwrite' | 'scratch'> & Partial<ExecutionStep>

/** MultiHeadAttention turns each operand head by head and, with a bias, stores the scores; ConvTranspose its columns. */
const scratchOf = (value: Value): readonly number[] => {
  if (isOp(value, 'multiHeadAttention')) {
    const [query, key, val, bias] = value.inputs
    if (query === undefined || key === undefined || val === undefined) return []
    const turned = [query, key, val].map(tensorBytes)
    const [batch = 1, rows = 1] = query.shape
    const scores = 4 * batch * value.attributes.heads * rows * (key.shape[1] ?? 1)
    return bias === undefined ? turned : [...turned, scores]
  }
  if (!isOp(value, 'convTranspose')) return []
  const [x, weight] = value.inputs
  const kernel = sizeOf(weight?.shape.slice(1) ?? [])
  return [4 * kernel * sizeOf(x?.shape.slice(2) ?? [])]
}
