import { describe, expect, it } from 'vitest'
import { chooseDevice, type CheckedDevice } from '../../../../engine/runtime/devices/choose-device.ts'
import type { DeviceName } from '../../../../engine/runtime/devices/device.ts'

const right = (name: DeviceName, speed: number | null): CheckedDevice => ({
  name,
  adapter: 'Card',
  finding: { kind: 'right', target: { device: name, fusedAttention: false }, switchedOff: [], speed },
})
const not = (name: DeviceName, kind: 'wrong' | 'absent' | 'unchecked'): CheckedDevice => ({
  name,
  adapter: '',
  finding:
    kind === 'unchecked' ? null : kind === 'wrong' ? { kind, faults: [] } : { kind, reason: 'No supported adapters' },
})

describe('chooseDevice', () => {
  it.each<[string, DeviceName | 'automatic', readonly CheckedDevice[], DeviceName, string | null]>([
    ['the CPU before any check', 'automatic', [not('cuda', 'unchecked'), not('webgpu', 'unchecked')], 'cpu', null],
    ['the fastest that passed', 'automatic', [right('cuda', 8), right('webgpu', 11)], 'webgpu', null],
    ['the preferred of equals', 'automatic', [right('cuda', 8), right('webgpu', 8)], 'cuda', null],
    ['the CPU when it is faster', 'automatic', [right('webgpu', 0.4)], 'cpu', null],
    ['the CPU when nobody knows the speed', 'automatic', [right('webgpu', null)], 'cpu', null],
    ['what is left when one is wrong', 'automatic', [not('cuda', 'wrong'), right('webgpu', 2)], 'webgpu', null],
    ['the device asked for, even a slow one', 'webgpu', [right('cuda', 8), right('webgpu', 0.4)], 'webgpu', null],
    ['the CPU asked for', 'cpu', [right('cuda', 8)], 'cpu', null],
    ['the CPU for one that is not checked', 'webgpu', [not('webgpu', 'unchecked')], 'cpu', 'unchecked'],
    ['the CPU for one that is wrong', 'webgpu', [not('webgpu', 'wrong')], 'cpu', 'wrong'],
    ['the CPU for one that is absent', 'cuda', [not('cuda', 'absent')], 'cpu', 'absent'],
    ['the CPU for one that the system does not have', 'dml', [right('webgpu', 2)], 'cpu', 'unknown'],
  ])('takes %s', (_, choice, devices, name, refusal) => {
    const chosen = chooseDevice(choice, devices)
    expect([chosen.device.name, chosen.refusal]).toEqual([name, refusal])
  })

  it('labels a device with its adapter, for the recipe', () => {
    expect(chooseDevice('webgpu', [right('webgpu', 2)]).device).toEqual({
      name: 'webgpu',
      label: 'webgpu: Card',
      target: { device: 'webgpu', fusedAttention: false },
    })
  })
})
