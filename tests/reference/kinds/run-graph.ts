import type { Graph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import type { LoweringTarget } from '../../../engine/graph/lower/lowering.ts'
import { verifyGraph } from '../../../engine/graph/verify-graph.ts'
import { createSession, type SessionOptions } from '../../../engine/runtime/session.ts'
import type { Elements, NdArray } from '../../../engine/tensor/nd-array.ts'

/** Lowers a graph, runs it once and lets its session go. */
export type RunGraph = (
  graph: Graph,
  feeds: Readonly<Record<string, NdArray<Elements>>>,
) => Promise<Readonly<Record<string, NdArray>>>

/** Runs graphs as a device's kernels want them, in sessions of these options. */
export const graphRunner =
  (target: LoweringTarget, options: SessionOptions = {}): RunGraph =>
  async (graph, feeds) => {
    verifyGraph(graph)
    const lowered = lower(target)(graph)
    verifyGraph(lowered)
    const session = await createSession(lowered, options)
    try {
      return await session.run(feeds)
    } finally {
      await session.release()
    }
  }

/** On the CPU. */
export const runGraph: RunGraph = graphRunner(cpuTarget)
