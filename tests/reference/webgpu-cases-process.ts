/**
 * Computes recorded cases on WebGPU, never on the CPU, and sends a report for each: webgpu-cases-process.ts NAME ... The
 * name `operator without a kernel` stands for a graph that WebGPU cannot compute: it must not be computed at all.
 */
import { join } from 'node:path'
import { makeGraph } from '../../engine/graph/graph.ts'
import { add, cast, input } from '../../engine/graph/ops.ts'
import { uncheckedTarget } from '../../engine/runtime/devices/device.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { checkCase, type CaseReport } from './check-case.ts'
import { caseKinds } from './kinds.ts'
import { graphRunner } from './kinds/run-graph.ts'
import { operatorWithoutKernel } from './webgpu-cases.ts'

const onWebgpu = { executionProviders: ['webgpu'], refuseFallback: true } as const

// Compiled shaders live as long as any session does; the next case needs many of the last one's.
const x = input('x', [1])
const keeper = await createSession(makeGraph('keeper', { y: add(x, x) }), onWebgpu)
const run = graphRunner(uncheckedTarget('webgpu'), onWebgpu)
const withoutKernel = async (caseName: string): Promise<CaseReport> => {
  const wide = cast(x, 'float64')
  const graph = makeGraph('float64', { y: cast(add(wide, wide), 'float32') })
  try {
    await run(graph, { x: { shape: [1], data: Float32Array.of(1) } })
    return { status: 'missed', caseName, kind: 'fallback', rows: [] }
  } catch (cause) {
    return { status: 'thrown', caseName, kind: 'fallback', cause }
  }
}

for (const name of process.argv.slice(2)) {
  const report =
    name === operatorWithoutKernel
      ? await withoutKernel(name)
      : await checkCase(join(import.meta.dirname, 'cases', name), caseKinds, run)
  process.send?.(report.status === 'thrown' ? { ...report, cause: String(report.cause) } : report)
}
await keeper.release()
process.disconnect()
