/** Reads a prompt on WebGPU, then asks for a map so large that the device has no buffer for it; sends what came of it. */
import { openModel } from '../../../../engine/checkpoint/open-model.ts'
import { starterModelPath } from '../../../../engine/cli/starter-model.ts'
import type { Machine } from '../../../../engine/machine/machine.ts'
import { uncheckedTarget } from '../../../../engine/runtime/devices/device.ts'
import type { DeviceLoss } from '../../../../engine/runtime/devices/device-in-use.ts'
import { openMachine } from '../../../../engine/runtime/open-machine.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { uniform } from '../../autodiff/gradient-graph.ts'

/** What the process says. */
export interface LostDeviceReport {
  readonly labels: readonly string[]
  readonly losses: readonly DeviceLoss[]
  /** Of the prediction that the CPU finished, against the CPU's own. */
  readonly error: number
}

const files = await openModel(starterModelPath())
const side = 128
const ids = [Array.from({ length: files.textEncoders[0]?.config.max_position_embeddings ?? 1 }, (_, i) => i + 1)]
const state = { layersFromEnd: 0, isNormed: true }

const predict = async (machine: Machine): Promise<Float32Array> => {
  const { states } = await machine.encodeText({ tower: 0, ids, state })
  const sample = uniform([1, machine.traits.latentChannels, side, side], 1)
  return (await machine.predict({ sample, timestep: 400, conditioning: { context: states } })).data
}

const losses: DeviceLoss[] = []
const device = { name: 'webgpu', label: 'webgpu: SwiftShader', target: uncheckedTarget('webgpu') } as const
const machine = openMachine(files, { device, onLoss: (loss) => losses.push(loss) })
await machine.encodeText({ tower: 0, ids, state })
const labels = [machine.device]
const found = await predict(machine)
labels.push(machine.device)
const expected = await predict(openMachine(files))
const report: LostDeviceReport = { labels, losses, error: relativeError(found, expected) }
process.send?.(report, () => process.exit())
