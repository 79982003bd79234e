import { describe, expect, it } from 'vitest'
import { TimeLeft } from '../../../engine/service/queue/time-left.ts'

describe('the time that a job will still take', () => {
  it('follows from the units of the picture and, once there are some, from the pictures before it', () => {
    let now = 0
    const left = new TimeLeft(2, () => now)
    expect(left.after(0, 10)).toBeNull()
    now = 100
    // Nine more units of 100 ms, then a picture of 1,000 ms.
    expect(left.after(1, 10)).toBe(900 + 1000)
    now = 2000
    left.finishPicture()
    now = 2100
    expect(left.after(1, 10)).toBe(900)
  })

  it('begins anew with each part of a picture that is looked at and drawn again', () => {
    let now = 0
    const left = new TimeLeft(1, () => now)
    const after = (atMs: number, done: number, total: number): number | null => {
      now = atMs
      return left.after(done, total)
    }
    expect(after(1000, 5, 10)).toBe(1000)
    expect(after(2000, 10, 10)).toBe(0)
    // A look of four units, 50 ms each.
    expect(after(2050, 1, 4)).toBe(150)
    expect(after(2200, 4, 4)).toBe(0)
    expect(after(2400, 1, 10)).toBe(1800)
  })
})
