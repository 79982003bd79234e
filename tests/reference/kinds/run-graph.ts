import type { Graph } from '../../../engine/graph/graph.ts'
import { cpuTarget, lower } from '../../../engine/graph/lower/lower.ts'
import { verifyGraph } from '../../../engine/graph/verify-graph.ts'
import { createSession } from '../../../engine/runtime/session.ts'
import type { Elements, NdArray } from '../../../engine/tensor/nd-array.ts'

/** Lowers a graph for the CPU, runs it once and lets its session go. */
export const runGraph = async (
  graph: Graph,
  feeds: Readonly<Record<string, NdArray<Elements>>>,
): Promise<Readonly<Record<string, NdArray>>> => {
  verifyGraph(graph)
  const lowered = lower(cpuTarget)(graph)
  verifyGraph(lowered)
  const session = await createSession(lowered)
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}
