import { describe, expect, it } from 'vitest'
import { recompute } from '../../../engine/autodiff/recompute.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { verifyGraph } from '../../../engine/graph/verify-graph.ts'
import { createSession, type Session } from '../../../engine/runtime/session.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import { relativeError } from '../../reference/relative-error.ts'
import { runOnce } from '../graph/small-graphs.ts'
import { gradientGraph, uniform, type GradientGraph } from './gradient-graph.ts'
import { networkBlocks } from './network-blocks.ts'

/** Of inputs of about 1: its square is the error of the difference, 1e-7 over it that of float32. */
const step = 1e-2

describe('gradients of blocks of networks', () => {
  it.each(networkBlocks)('agree with finite differences along a random direction: $name', async ({ build }) => {
    const problem = gradientGraph(build())
    verifyGraph(problem.graph)
    const session = await createSession(lower(cpuTarget)(problem.graph), { threads: 1 })
    const gradients = await session.run(problem.feeds)
    for (const [i, name] of problem.inputs.entries()) {
      const ours = gradients[`grad.${name}`] ?? { shape: [], data: Float32Array.of(NaN) }
      const direction = uniform(ours.shape, 100 + i)
      const difference = await differenceAlong(session, problem, name, direction)
      // What a random direction makes of a gradient of this length; by chance alone the product itself may be near 0.
      const usual = Math.sqrt((dot(ours.data, ours.data) * dot(direction.data, direction.data)) / ours.data.length)
      expect(Math.abs(dot(ours.data, direction.data) - difference) / usual, name).toBeLessThanOrEqual(1e-2)
    }
    await session.release()
  })

  it.each(networkBlocks)('stay the same when blocks are computed a second time: $name', async ({ build }) => {
    const [kept, again] = [gradientGraph(build()), gradientGraph(build(), recompute)]
    const [ours, theirs] = [await runOnce(again.graph, again.feeds), await runOnce(kept.graph, kept.feeds)]
    for (const name of kept.inputs) {
      // Kernels may be fused differently: the last bits differ.
      expect(relativeError(ours[`grad.${name}`]?.data ?? [], theirs[`grad.${name}`]?.data ?? []), name).toBeLessThan(
        1e-5,
      )
    }
  })
})

const differenceAlong = async (
  session: Session,
  { feeds, probe }: GradientGraph,
  name: string,
  direction: NdArray,
): Promise<number> => {
  const lossAt = async (distance: number): Promise<number> => {
    const center = feeds[name]?.data ?? new Float32Array()
    const moved = center.map((element, i) => element + distance * (direction.data[i] ?? NaN))
    const { y } = await session.run({ ...feeds, [name]: { shape: direction.shape, data: moved } })
    return dot(y?.data ?? new Float32Array(), probe.data)
  }
  return ((await lossAt(step)) - (await lossAt(-step))) / (2 * step)
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, element, i) => sum + element * (b[i] ?? NaN), 0)
