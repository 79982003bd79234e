import { sameShape, type Shape } from '../../tensor/nd-array.ts'
import type { Execution, ExecutionStep } from './execution-steps.ts'

/** Memory that is taken and given back while a graph runs. */
export interface BufferEvent {
  readonly kind: 'take' | 'give'
  readonly buffer: string
  readonly bytes: number
}

interface Buffer {
  readonly name: string
  readonly shape: Shape
  readonly bytes: number
  readonly firstStep: number
  lastStep: number
  /** Reads still to come of everything that lies in it. */
  readsLeft: number
}

/**
 * When ONNX Runtime takes memory and gives it back. Each result gets a buffer before the graph ever runs: the place of
 * an operand that it may overwrite, else the buffer freed last among those of exactly its shape, else a new one. A buffer is held
 * from its first use to its last, also between two owners.
 *
 * @source onnxruntime 1.30, core/framework/allocation_planner.cc
 */
export const bufferEvents = ({ steps, results }: Execution): readonly BufferEvent[] => {
  const buffers = planBuffers(steps, results)
  const taken = groupBy(buffers, ({ firstStep }) => firstStep)
  const given = groupBy(buffers, ({ lastStep }) => lastStep)
  return steps.flatMap((step, i) => [
    ...(taken.get(i) ?? []).map((buffer) => event('take', buffer)),
    ...step.scratch.map((bytes, k) => event('take', { name: `${i}.${k}`, bytes })),
    ...step.scratch.map((bytes, k) => event('give', { name: `${i}.${k}`, bytes })),
    ...(given.get(i) ?? []).map((buffer) => event('give', buffer)),
  ])
}

/** The most memory held at one time, in bytes: what an allocator without any waste would need. */
export const peakBytes = (events: readonly BufferEvent[]): number => {
  let held = 0
  let peak = 0
  for (const { kind, bytes } of events) {
    held += kind === 'take' ? bytes : -bytes
    peak = Math.max(peak, held)
  }
  return peak
}

const event = (kind: BufferEvent['kind'], { name, bytes }: Pick<Buffer, 'name' | 'bytes'>): BufferEvent => ({
  kind,
  buffer: name,
  bytes,
})

const groupBy = (buffers: readonly Buffer[], stepOf: (buffer: Buffer) => number): Map<number, Buffer[]> => {
  const groups = new Map<number, Buffer[]>()
  for (const buffer of buffers) {
    const step = stepOf(buffer)
    groups.set(step, [...(groups.get(step) ?? []), buffer])
  }
  return groups
}

const planBuffers = (steps: readonly ExecutionStep[], results: readonly number[]): readonly Buffer[] => {
  const readCounts = countReads(steps, results)
  const bufferOf = new Map<number, Buffer>()
  const all: Buffer[] = []
  const free: Buffer[] = []
  for (const [i, step] of steps.entries()) {
    const buffer = sharedBuffer(step, bufferOf) ?? takeFree(free, step.shape) ?? newBuffer(i, step, all)
    bufferOf.set(i, buffer)
    buffer.readsLeft += readCounts.get(i) ?? 0
    buffer.lastStep = i
    for (const read of step.reads) {
      const operand = bufferOf.get(read)
      if (operand === undefined) continue
      operand.lastStep = i
      operand.readsLeft -= 1
      if (operand.readsLeft === 0) free.unshift(operand)
    }
  }
  for (const result of results) {
    const buffer = bufferOf.get(result)
    if (buffer !== undefined) buffer.lastStep = steps.length // the caller keeps it
  }
  return all
}

const countReads = (steps: readonly ExecutionStep[], results: readonly number[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const read of [...steps.flatMap(({ reads }) => reads), ...results]) counts.set(read, (counts.get(read) ?? 0) + 1)
  return counts
}

/** The memory of a view's source, or of an operand that this step is the last to read. */
const sharedBuffer = (step: ExecutionStep, bufferOf: ReadonlyMap<number, Buffer>): Buffer | undefined => {
  if (step.sharesWith !== undefined) return bufferOf.get(step.sharesWith)
  return step.mayOverwrite.map((read) => bufferOf.get(read)).find((buffer) => buffer?.readsLeft === 1)
}

const takeFree = (free: Buffer[], shape: Shape): Buffer | undefined => {
  const place = free.findIndex((buffer) => sameShape(buffer.shape, shape))
  return place === -1 ? undefined : free.splice(place, 1)[0]
}

const newBuffer = (step: number, { shape, bytes }: ExecutionStep, all: Buffer[]): Buffer => {
  const buffer = { name: String(step), shape, bytes, firstStep: step, lastStep: step, readsLeft: 0 }
  all.push(buffer)
  return buffer
}
