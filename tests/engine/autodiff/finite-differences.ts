import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { zeroFeed } from '../../../engine/autodiff/zero-after.ts'
import { applyTransforms, makeGraph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { cast, constant, input, mul, reduceSum, reshape } from '../../../engine/graph/ops.ts'
import { verifyGraph } from '../../../engine/graph/verify-graph.ts'
import { createSession, type Session } from '../../../engine/runtime/session.ts'
import { sizeOf, type Elements, type NdArray, type Shape } from '../../../engine/tensor/nd-array.ts'
import { seeded } from '../seeded.ts'
import type { RuleCase } from './rule-cases.ts'

export interface Problem {
  readonly shapes: readonly Shape[]
  readonly build: RuleCase['build']
  readonly dtype: 'float32' | 'float64'
  readonly range: readonly [number, number]
  readonly step: number
}

export interface Comparison {
  readonly ours: readonly number[]
  readonly differences: readonly number[]
}

/**
 * The gradient of Σ probe · build(operands) with respect to every element of every operand: as `differentiate` has it, and as
 * central differences. The sums of the latter are taken in float64, whatever the graph computes in.
 */
export const compareGradients = async ({
  shapes,
  build,
  dtype,
  range,
  step,
}: Problem): Promise<readonly Comparison[]> => {
  const random = seeded(7)
  const operands = shapes.map((shape, i) => input(`x${i}`, shape, dtype))
  // A case gives as many shapes as its `build` takes operands.
  const y = build(...(operands as unknown as Parameters<RuleCase['build']>))
  const probe = fill(y.shape, 'float64', random, [-1, 1])
  const weighted = reduceSum(mul(y, cast(constant(probe), dtype)), [...y.shape.keys()])
  const names = shapes.map((_, i) => `x${i}`)
  const graph = applyTransforms(
    makeGraph('rule', { y, loss: reshape(weighted, []) }),
    differentiate({ loss: 'loss', withRespectTo: names, keep: ['y'] }),
  )
  verifyGraph(graph)
  const lowered = lower(cpuTarget)(graph)
  verifyGraph(lowered)
  const operandFeeds = shapes.map((shape, i) => [`x${i}`, fill(shape, dtype, random, range)] as const)
  const feeds = { ...zeroFeed(), ...Object.fromEntries(operandFeeds) }
  const session = await createSession(lowered)
  try {
    const gradients = await session.run(feeds)
    const comparisons: Comparison[] = []
    for (const name of names) {
      const ours = Array.from(gradients[`grad.${name}`]?.data ?? [])
      comparisons.push({ ours, differences: await centralDifferences(session, feeds, name, probe.data, step) })
    }
    return comparisons
  } finally {
    await session.release()
  }
}

type Feeds = Readonly<Record<string, NdArray<Float32Array | Float64Array>>>

const centralDifferences = async (
  session: Session,
  feeds: Feeds,
  name: string,
  probe: Elements,
  step: number,
): Promise<number[]> => {
  const data = feeds[name]?.data ?? new Float64Array()
  const weighted = async (): Promise<number> => {
    const { y } = await session.run(feeds)
    return y?.data.reduce((sum, element, i) => sum + element * Number(probe[i]), 0) ?? NaN
  }
  const differences: number[] = []
  for (const [i, center] of data.entries()) {
    data[i] = center + step
    const [above, high] = [data[i], await weighted()]
    data[i] = center - step
    differences.push((high - (await weighted())) / (above - data[i]))
    data[i] = center
  }
  return differences
}

const fill = (
  shape: Shape,
  dtype: 'float32' | 'float64',
  random: () => number,
  [low, high]: readonly [number, number],
): NdArray<Float32Array | Float64Array> => {
  const data = dtype === 'float64' ? new Float64Array(sizeOf(shape)) : new Float32Array(sizeOf(shape))
  return { shape, data: data.map(() => low + (high - low) * random()) }
}
