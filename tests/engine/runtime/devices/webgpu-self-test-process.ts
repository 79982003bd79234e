/** Runs the self-test on WebGPU, and once more with convolutions written as for the CPU; sends both findings. */
import { openModel } from '../../../../engine/checkpoint/open-model.ts'
import { starterModelPath } from '../../../../engine/cli/starter-model.ts'
import { makeGraph } from '../../../../engine/graph/graph.ts'
import { add, input } from '../../../../engine/graph/ops.ts'
import type { LoweringTarget } from '../../../../engine/graph/lower/lowering.ts'
import { compareRow } from '../../../../engine/runtime/devices/self-test/compare-row.ts'
import { networkRows } from '../../../../engine/runtime/devices/self-test/network-rows.ts'
import { attentionRows, operatorRows } from '../../../../engine/runtime/devices/self-test/operator-rows.ts'
import { testDevice, type Finding } from '../../../../engine/runtime/devices/self-test/test-device.ts'
import { createSession } from '../../../../engine/runtime/session.ts'
import type { SelfTestRow } from '../../../../engine/runtime/devices/self-test/row.ts'

// The whole of it takes SwiftShader minutes: of the networks the smallest, and an operator in place of the block.
const networks = networkRows(await openModel(starterModelPath())).slice(0, 1)
const [speedRow] = operatorRows
if (speedRow === undefined) throw new RangeError('no rows')
// Compiled shaders live as long as any session does.
const x = input('x', [1])
const keeper = await createSession(makeGraph('keeper', { y: add(x, x) }), { executionProviders: ['webgpu'] })

const findingFor = (
  { rows, attention }: { readonly rows: readonly SelfTestRow[]; readonly attention: readonly SelfTestRow[] },
  change: (target: LoweringTarget) => LoweringTarget = (target) => target,
): Promise<Finding> =>
  testDevice({
    device: 'webgpu',
    rows,
    attentionRows: attention,
    networkRows: networks,
    speedRow,
    compare: (row, target) => compareRow(row, { name: 'webgpu', target: change(target) }),
    onRow: () => undefined,
  })

process.send?.({ name: 'as it is', finding: await findingFor({ rows: operatorRows, attention: attentionRows }) })
const convolutions = operatorRows.filter(({ name }) => name.startsWith('conv 3 x 3'))
process.send?.({
  name: 'convolutions as on the CPU',
  finding: await findingFor({ rows: [speedRow, ...convolutions], attention: [] }, (target) => ({
    ...target,
    device: 'cpu',
  })),
})
await keeper.release()
process.disconnect()
