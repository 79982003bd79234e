import { describe, expect, it } from 'vitest'
import { Stroke } from '../../../renderer/canvas/stroke.ts'
import { coverageAt, emptyMask, maskBounds, paintedPixels, tileBytes } from '../../../renderer/canvas/tile-mask.ts'
import { TilePool } from '../../../renderer/canvas/tile-pool.ts'

const dab = (x: number, y: number, radius: number) => ({ x, y, radius })

describe('stroke', () => {
  it('paints a disc of its radius', () => {
    const stroke = new Stroke(emptyMask(512, 512), 'add', new TilePool())
    stroke.paint(dab(256, 256, 50), dab(256, 256, 50), 0)
    const mask = stroke.commit()
    // The edge is one pixel wide, so the area is right to about half its length in pixels.
    expect(Math.abs(paintedPixels(mask) - Math.PI * 50 * 50)).toBeLessThan(2 * Math.PI * 50 * 0.1)
    expect(maskBounds(mask)).toEqual({ x: 206, y: 206, width: 100, height: 100 })
  })

  it('joins two places without a gap, however far they are', () => {
    const stroke = new Stroke(emptyMask(1024, 64), 'add', new TilePool())
    stroke.paint(dab(20, 32, 8), dab(1000, 32, 8), 0)
    const mask = stroke.commit()
    for (let x = 20; x <= 1000; x++) expect(coverageAt(mask, x, 32)).toBe(255)
  })

  it('makes tiles only where it paints, and leaves the mask below as it was', () => {
    const before = emptyMask(4096, 4096)
    const stroke = new Stroke(before, 'add', new TilePool())
    stroke.paint(dab(300, 300, 20), dab(320, 300, 20), 0)
    const after = stroke.commit()
    expect(before.tiles.size).toBe(0)
    expect([...after.tiles.keys()]).toEqual([17])
  })

  it('shares the tiles it does not touch', () => {
    const first = new Stroke(emptyMask(1024, 256), 'add', new TilePool())
    first.paint(dab(100, 100, 20), dab(900, 100, 20), 0)
    const before = first.commit()
    const second = new Stroke(before, 'remove', new TilePool())
    second.paint(dab(100, 100, 30), dab(100, 100, 30), 0)
    const after = second.commit()
    expect(after.tiles.get(3)).toBe(before.tiles.get(3))
    expect(coverageAt(after, 100, 100)).toBe(0)
    expect(coverageAt(before, 100, 100)).toBe(255)
  })

  it('drops tiles that are wiped clean', () => {
    const pool = new TilePool()
    const add = new Stroke(emptyMask(512, 256), 'add', pool)
    add.paint(dab(100, 100, 20), dab(100, 100, 20), 0.5)
    const remove = new Stroke(add.commit(), 'remove', pool)
    remove.paint(dab(100, 100, 40), dab(100, 100, 40), 0)
    expect(remove.commit().tiles.size).toBe(0)
  })

  it('does not add up where it crosses itself', () => {
    const stroke = new Stroke(emptyMask(256, 256), 'add', new TilePool())
    const soft = 1
    stroke.paint(dab(128, 128, 40), dab(128, 128, 40), soft)
    const once = stroke.tiles.get(0)?.slice()
    stroke.paint(dab(128, 128, 40), dab(128, 128, 40), soft)
    expect(stroke.tiles.get(0)).toEqual(once)
  })

  it('fades evenly from the centre when it is soft', () => {
    const stroke = new Stroke(emptyMask(256, 256), 'add', new TilePool())
    stroke.paint(dab(128, 128, 60), dab(128, 128, 60), 1)
    const mask = stroke.commit()
    const values = [0, 15, 30, 45, 59].map((apart) => coverageAt(mask, 128 + apart, 128))
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(new Set(values).size).toBe(values.length)
  })

  it('takes no memory in an event when tiles are in reserve', () => {
    const pool = new TilePool()
    pool.reserve(9)
    const stroke = new Stroke(emptyMask(4096, 4096), 'add', pool)
    stroke.paint(dab(512, 512, 100), dab(520, 520, 100), 0)
    expect(stroke.tiles.size).toBe(4)
    expect(pool.spare).toBe(5)
    stroke.cancel()
    expect(pool.spare).toBe(9)
    expect(pool.take().every((value) => value === 0)).toBe(true)
    expect(pool.take()).toHaveLength(tileBytes)
  })
})
