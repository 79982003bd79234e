import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { lower } from '../../../../engine/graph/lower/lower.ts'
import { loweringVersion } from '../../../../engine/graph/lower/lowering-version.ts'
import { printGraph } from '../../../../engine/graph/print-graph.ts'
import { deviceNames, uncheckedTarget } from '../../../../engine/runtime/devices/device.ts'
import { attentionRows, operatorRows } from '../../../../engine/runtime/devices/self-test/operator-rows.ts'

/** Version and what it stands for. When only the hash differs: raise `loweringVersion`, then write both here. */
const known = { version: 1, hash: 'c4ef89b278df358f' }

it('has a new version whenever graphs are written in another way for some device', async () => {
  const hash = createHash('sha256')
  for (const row of [...operatorRows, ...attentionRows]) {
    const { graph } = await row.build()
    for (const device of deviceNames.filter((name) => name !== 'cpu')) {
      for (const fusedAttention of [true, false])
        hash.update(printGraph(lower({ ...uncheckedTarget(device), fusedAttention })(graph)))
    }
  }
  expect({ version: loweringVersion, hash: hash.digest('hex').slice(0, 16) }).toEqual(known)
})
