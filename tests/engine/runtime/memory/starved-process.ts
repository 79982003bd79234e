/** Runs a session that takes 1.07 GB where the system gives this process less, as it was not foreseen; sends what failed. */
import { toFailure } from '../../../../engine/contract/failure-record.ts'
import { makeGraph } from '../../../../engine/graph/graph.ts'
import { expand, input, reduceMean, sigmoid } from '../../../../engine/graph/ops.ts'
import { cpuDevice } from '../../../../engine/runtime/devices/device.ts'
import { sessionMaker } from '../../../../engine/runtime/session-maker.ts'

const side = 16_384
const x = input('x', [1, 1])
const wide = makeGraph('wide', { y: reduceMean(sigmoid(expand(x, [side, side])), [0, 1]) })
let forgotten = 0
const session = await sessionMaker({
  device: cpuDevice,
  threads: 1,
  // What the system promised before others took it.
  budget: { availableBytes: () => 8e9, wholeBytes: () => 8e9 },
  isBig: false,
  partFlops: Infinity,
})({
  kind: 'unet',
  forms: { kept: () => wide },
  alive: 0,
  makeRoom: () => Promise.resolve(false),
  forget: async () => {
    forgotten += 1
    await session.release()
  },
})
const failure = await session.run({ x: { shape: [1, 1], data: new Float32Array(1) } }).then(
  () => null,
  (error: unknown) => toFailure(error, 'wide'),
)
process.send?.({ failure, forgotten }, () => process.exit())
