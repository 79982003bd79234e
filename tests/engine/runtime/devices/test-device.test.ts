import { describe, expect, it } from 'vitest'
import type { RowOutcome } from '../../../../engine/runtime/devices/self-test/compare-row.ts'
import { row, type FusedForm, type SelfTestRow } from '../../../../engine/runtime/devices/self-test/row.ts'
import { testDevice, type Finding } from '../../../../engine/runtime/devices/self-test/test-device.ts'
import type { LoweringTarget } from '../../../../engine/graph/lower/lowering.ts'
import { neg } from '../../../../engine/graph/ops.ts'

const named = (name: string, form?: FusedForm): SelfTestRow => row(name, ({ given }) => neg(given([1])), form)
const computed = (error: number, deviceMs = 1): RowOutcome => ({ kind: 'computed', error, deviceMs, cpuMs: 10 })

interface Asked {
  readonly row: string
  readonly settled: string | null
}

/** A device of which only the wrong rows are said; the logic is what is tested, kernels are in the WebGPU tests. */
const check = async (
  outcomeOf: (row: string, target: LoweringTarget) => RowOutcome | undefined,
): Promise<{ readonly finding: Finding; readonly asked: readonly Asked[] }> => {
  const asked: Asked[] = []
  const finding = await testDevice({
    device: 'webgpu',
    rows: [named('add'), named('conv'), named('groupNorm', 'groupNorm'), named('gelu', 'gelu')],
    attentionRows: [named('attention', 'attention')],
    networkRows: [named('network text_encoder'), named('network unet')],
    speedRow: named('block'),
    compare: async ({ name }, target) => outcomeOf(name, target) ?? computed(1e-6),
    onRow: (name, settled) => asked.push({ row: name, settled: settled?.kind ?? null }),
  })
  return { finding, asked }
}

const fault = (name: string, error: number | null, reason: string | null = null) => ({ row: name, error, reason })
const plain = { device: 'webgpu', fusedAttention: false }

describe('testDevice', () => {
  it('uses the fused attention when it is right and fast', async () => {
    const { finding } = await check((_, { fusedAttention }) => computed(1e-6, fusedAttention ? 1 : 2))
    expect(finding).toEqual({
      kind: 'right',
      target: { ...plain, fusedAttention: true },
      switchedOff: [],
      speed: 10,
    })
  })

  it('switches the fused attention off where it is wrong', async () => {
    const { finding } = await check((name, { fusedAttention }) =>
      name === 'attention' && fusedAttention ? computed(0.25) : undefined,
    )
    expect(finding).toMatchObject({ kind: 'right', target: plain, switchedOff: [fault('fused attention', 0.25)] })
  })

  it('leaves the fused attention where it is slower', async () => {
    const { finding } = await check((_, { fusedAttention }) => computed(1e-6, fusedAttention ? 3 : 2))
    expect(finding).toEqual({ kind: 'right', target: plain, switchedOff: [], speed: 5 })
  })

  it('writes out a fused kernel that is wrong, when that is right', async () => {
    const { finding } = await check((name, { writtenOut = [] }) =>
      name === 'gelu' && !writtenOut.includes('gelu') ? computed(0.1) : undefined,
    )
    expect(finding).toMatchObject({
      kind: 'right',
      target: { writtenOut: ['gelu'] },
      switchedOff: [fault('gelu', 0.1)],
    })
  })

  it.each<[string, RowOutcome, ReturnType<typeof fault>]>([
    ['conv', computed(1), fault('conv', 1)],
    ['conv', computed(NaN), fault('conv', null, 'it gives numbers that are none')],
    ['conv', { kind: 'failed', reason: 'device lost' }, fault('conv', null, 'device lost')],
    ['gelu', computed(0.1), fault('gelu', 0.1)],
    ['attention', computed(0.1), fault('attention', 0.1)],
    ['network unet', computed(2.1e-4), fault('network unet', 2.1e-4)],
    ['block', computed(1), fault('block', 1)],
  ])('does not use a device with %s: %j', async (wrong, outcome, expected) => {
    const { finding } = await check((name) => (name === wrong ? outcome : undefined))
    expect(finding).toEqual({ kind: 'wrong', faults: [expected] })
  })

  it('takes an operator without a kernel for slow, not for wrong', async () => {
    const { finding } = await check((name) => (name === 'conv' ? { kind: 'no-kernel' } : undefined))
    expect(finding.kind).toBe('right')
  })

  it('asks for nothing more when the device cannot be started', async () => {
    const { finding, asked } = await check(() => ({ kind: 'failed', reason: 'No supported adapters' }))
    expect(finding).toEqual({ kind: 'absent', reason: 'No supported adapters' })
    expect(asked).toHaveLength(1)
  })

  it('has settled on plain forms before the first fused attention runs', async () => {
    const { asked } = await check(() => undefined)
    const first = asked.findIndex(({ settled }) => settled !== null)
    expect(asked.slice(first)).toEqual(
      ['attention', 'network unet', 'block'].map((name) => ({ row: name, settled: 'right' })),
    )
  })
})
