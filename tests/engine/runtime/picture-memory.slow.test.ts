import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'

const files = await openModel(starterModelPath())
const machineWith = (bytes: number) =>
  openMachine(files, { threads: 1, budget: { availableBytes: () => bytes, wholeBytes: () => bytes } })
const needs = { width: 1024, height: 512, regions: 0, isStarted: false }
const neededFor = (change: Partial<typeof needs>): number =>
  machineWith(1e12).estimateMemory({ ...needs, ...change }).neededBytes

describe('the memory that a picture needs', () => {
  it('grows with its size, and with regions whose gradient is taken', () => {
    const sizes = [256, 512, 1024].map((side) => neededFor({ width: side, height: side }))
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    expect(neededFor({ regions: 2 })).toBeGreaterThan(neededFor({}))
  })

  it('is refused with the largest size of its shape that fits', () => {
    const available = Math.round(0.7 * neededFor({}))
    const machine = machineWith(available)
    const { fits, remedy } = machine.estimateMemory(needs)
    expect(fits).toBe(false)
    const { width = 0, height = 0 } = remedy ?? {}
    expect([width % 64, height]).toEqual([0, Math.floor(width / 128) * 64])
    expect(machine.estimateMemory({ ...needs, width, height }).fits).toBe(true)
    expect(
      machine.estimateMemory({ ...needs, width: width + 64, height: Math.floor((width + 64) / 128) * 64 }).fits,
    ).toBe(false)
    expect(() => {
      machine.checkMemory(needs)
    }).toThrow(
      new RegExp(`^memory for a picture of 1024 x 512: 0\\.\\d\\d GB needed, 0\\.\\d\\d GB available, expected to fit into memory\\. Choose ${width} x ${height} or smaller\\.`), // prettier-ignore
    )
  })

  it('names a smaller model where no size helps', () => {
    expect(() => {
      machineWith(30e6).checkMemory({ ...needs, width: 128, height: 128 })
    }).toThrow(
      /available, expected to fit into memory\. Close other apps: 0\.\d\d GB are missing\. Or use a smaller model/,
    )
  })
})
