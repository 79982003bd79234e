/** Computes something small on WebGPU, then something that no buffer of the device holds; sends what came of it. */
import { makeGraph, type Graph } from '../../../../engine/graph/graph.ts'
import { expand, input, reduceMean, sigmoid } from '../../../../engine/graph/ops.ts'
import { uncheckedTarget } from '../../../../engine/runtime/devices/device.ts'
import { DeviceInUse, type DeviceLoss } from '../../../../engine/runtime/devices/device-in-use.ts'
import { sessionMaker } from '../../../../engine/runtime/session-maker.ts'
import { SessionPool } from '../../../../engine/runtime/session-pool.ts'

/** What the process says. */
export interface LostDeviceReport {
  /** Where each of three runs was done: small, too large, small again. */
  readonly devices: readonly string[]
  readonly results: readonly number[]
  readonly label: string
  readonly loss: DeviceLoss | null
}

const meanOf = (side: number): Graph =>
  makeGraph('mean', { y: reduceMean(reduceMean(sigmoid(expand(input('x', [1, 1]), [side, side])), [1]), [0]) })

const inUse = new DeviceInUse({ name: 'webgpu', label: 'webgpu: SwiftShader', target: uncheckedTarget('webgpu') })
const budget = { availableBytes: () => 1e11, wholeBytes: () => 1e11 }
const pool = new SessionPool({
  capacity: { text: 1, unet: 4, 'vae-decoder': 1, 'vae-encoder': 1 },
  create: (request) => sessionMaker({ device: inUse.now, budget, isBig: false, partFlops: Infinity })(request),
  moves: (error) => inUse.giveUp(error),
})
const devices: string[] = []
const results: number[] = []
// 18,000 x 18,000 numbers are 1.3 GB; SwiftShader has no buffers above 1 GiB.
for (const side of [64, 18_000, 64]) {
  const session = pool.get('unet', `${side}`, { kept: () => meanOf(side) })
  const { y } = await session.run(() => ({ x: { shape: [1, 1], data: Float32Array.of(0) } }))
  devices.push(inUse.now.name)
  results.push(y?.data[0] ?? NaN)
}
await pool.clear()
const report: LostDeviceReport = { devices, results, label: inUse.label, loss: inUse.loss }
process.send?.(report, () => process.exit())
