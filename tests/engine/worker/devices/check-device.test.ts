import { afterEach, describe, expect, it } from 'vitest'
import { forkProcess } from '../../../../engine/process/fork-process.ts'
import { ProcessLink } from '../../../../engine/process/process-link.ts'
import { checkDevice } from '../../../../engine/worker/protocol/check-device.ts'
import { deviceCalls, type DeviceCalls } from '../../../../engine/worker/protocol/device-calls.ts'

const links: ProcessLink<DeviceCalls>[] = []
afterEach(async () => {
  for (const link of links.splice(0)) await link.close()
})

const linkTo = (end: 'die' | 'hang'): ProcessLink<DeviceCalls> => {
  const file = new URL('dying-process.ts', import.meta.url)
  const link = new ProcessLink({
    name: 'device check',
    calls: deviceCalls,
    fork: () => forkProcess({ file, args: [end] }),
  })
  links.push(link)
  return link
}

describe('checkDevice', () => {
  it.each([
    { end: 'die', timeoutMs: 20_000, reason: 'the process that checked it died' },
    { end: 'hang', timeoutMs: 1500, reason: 'the check took too long and was ended here' },
  ] as const)('survives a driver that lets the process $end, and names the row', async ({ end, timeoutMs, reason }) => {
    const rows: string[] = []
    const finding = await checkDevice({
      link: linkTo(end),
      device: 'webgpu',
      modelPath: 'nowhere',
      timeoutMs,
      onRow: (row) => rows.push(row),
    })
    expect(rows).toEqual(['add', 'conv'])
    expect(finding).toEqual({ kind: 'wrong', faults: [{ row: 'conv', error: null, reason }] })
  })
})
