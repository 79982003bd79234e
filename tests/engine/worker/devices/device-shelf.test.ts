import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deathFinding } from '../../../../engine/worker/devices/death-finding.ts'
import { DeviceShelf } from '../../../../engine/worker/devices/device-shelf.ts'
import { DeviceVerdicts } from '../../../../engine/worker/devices/device-verdicts.ts'
import type { Finding } from '../../../../engine/runtime/devices/self-test/test-device.ts'
import { useScratchFolders } from '../../files/scratch-folder.ts'

const scratch = useScratchFolders()
const right: Finding = {
  kind: 'right',
  target: { device: 'webgpu', fusedAttention: false },
  switchedOff: [{ row: 'fused attention', error: 0.25, reason: null }],
  speed: 4,
}

const machine = { name: 'Card', driver: '550.1', runtime: '1.30.0', loweringVersion: 1, isBundled: true }
const shelfOn = (folder: string, { name, driver, runtime, loweringVersion, isBundled } = machine): DeviceShelf =>
  new DeviceShelf({
    verdicts: new DeviceVerdicts(join(folder, 'cache', 'devices.json')),
    present: () => [{ name: 'webgpu', isBundled }],
    identify: async () => ({ name, driver }),
    runtimeVersion: () => runtime,
    loweringVersion,
    now: () => 1000,
  })

describe('DeviceShelf', () => {
  it('remembers what was found, over processes', async () => {
    const folder = scratch()
    await shelfOn(folder).keep('webgpu', right)
    const { device } = await shelfOn(folder).choose('automatic')
    expect(device).toEqual({ name: 'webgpu', label: 'webgpu: Card', target: right.target })
    expect((await shelfOn(folder).list('automatic')).devices[0]).toEqual({
      name: 'webgpu',
      adapter: 'Card',
      state: 'right',
      speed: 4,
      reason: null,
      faults: right.switchedOff,
      checkedAtMs: 1000,
    })
  })

  it.each([
    { what: 'adapter', now: { ...machine, name: 'Other card' } },
    { what: 'driver', now: { ...machine, driver: '560.0' } },
    { what: 'version of ONNX Runtime', now: { ...machine, runtime: '1.31.0' } },
    { what: 'way graphs are written in', now: { ...machine, loweringVersion: 2 } },
    { what: 'library', now: { ...machine, isBundled: false } },
  ])('checks again when the $what has changed', async ({ now }) => {
    const folder = scratch()
    await shelfOn(folder).keep('webgpu', right)
    const { used, devices } = await shelfOn(folder, now).list('automatic')
    expect([used, devices[0]?.state]).toEqual(['cpu', 'unchecked'])
  })

  it('begins anew when the file is damaged', async () => {
    const folder = scratch()
    await shelfOn(folder).keep('webgpu', right)
    await writeFile(join(folder, 'cache', 'devices.json'), '{"webgpu": {"finding": "fine"}}')
    expect((await shelfOn(folder).choose('automatic')).device.name).toBe('cpu')
    await shelfOn(folder).keep('webgpu', right)
    expect((await shelfOn(folder).choose('automatic')).device.name).toBe('webgpu')
  })

  it('does not ask the system for its adapters on the CPU, nor before the first check', async () => {
    const shelf = new DeviceShelf({
      verdicts: new DeviceVerdicts(join(scratch(), 'devices.json')),
      present: () => [],
      identify: () => Promise.reject(new Error('asked')),
      runtimeVersion: () => '1',
      loweringVersion: 1,
      now: () => 0,
    })
    expect((await shelf.choose('cpu')).device.name).toBe('cpu')
    expect((await shelf.choose('automatic')).device.name).toBe('cpu')
  })
})

describe('deathFinding', () => {
  const death = { device: 'webgpu', row: 'attention', isHang: false, settled: null } as const

  it('does not use a device whose process died over a plain form', () => {
    const reason = 'the process that checked it died'
    expect(deathFinding(death)).toEqual({ kind: 'wrong', faults: [{ row: 'attention', error: null, reason }] })
  })

  it('keeps what was settled when it hung over the fused attention', () => {
    const reason = 'the check took too long and was ended here'
    expect(deathFinding({ ...death, isHang: true, settled: right })).toEqual({
      ...right,
      switchedOff: [...right.switchedOff, { row: 'fused attention', error: null, reason }],
    })
  })
})
