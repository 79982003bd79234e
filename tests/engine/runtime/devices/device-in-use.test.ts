import { describe, expect, it } from 'vitest'
import { openModel } from '../../../../engine/checkpoint/open-model.ts'
import { starterModelPath } from '../../../../engine/cli/starter-model.ts'
import { EngineError } from '../../../../engine/contract/failures.ts'
import { cpuDevice, uncheckedTarget, type Device } from '../../../../engine/runtime/devices/device.ts'
import { DeviceInUse, type DeviceLoss } from '../../../../engine/runtime/devices/device-in-use.ts'
import { openMachine } from '../../../../engine/runtime/open-machine.ts'
import { uniform } from '../../autodiff/gradient-graph.ts'

/** A device that ONNX Runtime does not have on this system: its sessions cannot be made. */
const name = process.platform === 'win32' ? 'coreml' : 'dml'
const missing: Device = { name, label: `${name}: Card`, target: uncheckedTarget(name) }
const failure = (code: 'device-failed' | 'out-of-memory' | 'cancelled') =>
  new EngineError(code, { where: 'running unet', found: 'the device was removed' })

describe('DeviceInUse', () => {
  it.each([
    ['device-failed', { device: name, kind: 'failed', reason: 'the device was removed' }],
    ['out-of-memory', { device: name, kind: 'memory', reason: 'the device was removed' }],
  ] as const)('goes over to the CPU after %s, once', (code, loss) => {
    const inUse = new DeviceInUse(missing)
    expect([inUse.giveUp(failure(code)), inUse.now, inUse.loss, inUse.label]).toEqual([true, cpuDevice, loss, `${name}: Card, then cpu`]) // prettier-ignore
    expect(inUse.giveUp(failure(code))).toBe(false)
  })

  it('stays where it is when something else went wrong, and on the CPU', () => {
    const inUse = new DeviceInUse(missing)
    expect([inUse.giveUp(failure('cancelled')), inUse.giveUp(new TypeError('x')), inUse.now]).toEqual([false, false, missing]) // prettier-ignore
    expect(new DeviceInUse(cpuDevice).giveUp(failure('device-failed'))).toBe(false)
  })
})

describe('a machine whose device cannot make sessions', () => {
  it('gives what the CPU gives, says so once, and its label tells', async () => {
    const files = await openModel(starterModelPath())
    const losses: DeviceLoss[] = []
    const machine = openMachine(files, { device: missing, threads: 1, onLoss: (loss) => losses.push(loss) })
    const onCpu = openMachine(files, { threads: 1 })
    const latents = uniform([1, machine.traits.latentChannels, 8, 8], 1)
    expect(machine.device).toBe(`${name}: Card`)
    expect(await machine.decodeLatents(latents)).toEqual(await onCpu.decodeLatents(latents))
    expect(await machine.decodeLatents(latents)).toEqual(await onCpu.decodeLatents(latents))
    expect([machine.device, losses]).toEqual([`${name}: Card, then cpu`, [expect.objectContaining({ device: name, kind: 'failed' })]]) // prettier-ignore
    await Promise.all([machine.close(), onCpu.close()])
  })
})
