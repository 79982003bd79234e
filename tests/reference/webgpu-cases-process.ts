/** Computes recorded cases on WebGPU, never on the CPU, and sends a report for each: webgpu-cases-process.ts NAME ... */
import { join } from 'node:path'
import { makeGraph } from '../../engine/graph/graph.ts'
import { add, input } from '../../engine/graph/ops.ts'
import { uncheckedTarget } from '../../engine/runtime/devices/device.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { checkCase } from './check-case.ts'
import { caseKinds } from './kinds.ts'
import { graphRunner } from './kinds/run-graph.ts'

const onWebgpu = { executionProviders: ['webgpu'], refuseFallback: true } as const

// Compiled shaders live as long as any session does; the next case needs many of the last one's.
const x = input('x', [1])
const keeper = await createSession(makeGraph('keeper', { y: add(x, x) }), onWebgpu)
const run = graphRunner(uncheckedTarget('webgpu'), onWebgpu)
for (const name of process.argv.slice(2)) {
  const report = await checkCase(join(import.meta.dirname, 'cases', name), caseKinds, run)
  process.send?.(report.status === 'thrown' ? { ...report, cause: String(report.cause) } : report)
}
await keeper.release()
process.disconnect()
