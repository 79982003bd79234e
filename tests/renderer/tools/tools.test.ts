import { describe, expect, it } from 'vitest'
import { defaultBrush, type PenPoint } from '../../../renderer/canvas/brush.ts'
import { maskBounds, paintedPixels } from '../../../renderer/canvas/tile-mask.ts'
import { TilePool } from '../../../renderer/canvas/tile-pool.ts'
import { newMask, withMask } from '../../../renderer/document/edit-mask.ts'
import { emptyDocument, type StudioDocument, withRegion } from '../../../renderer/document/studio-document.ts'
import type { DocumentChange, HeldKeys, Tool, ToolScene } from '../../../renderer/tools/tool.ts'
import { tools } from '../../../renderer/tools/tools.ts'

const noKeys: HeldKeys = { isShift: false, isAlt: false, isControl: false }
const at = (x: number, y: number): PenPoint => ({ x, y, pressure: 0.5, isPen: false })

let nextId = 0
const scene = (change: Partial<ToolScene> = {}): ToolScene => ({
  document: { ...emptyDocument({ width: 1024, height: 1024 }), prompt: 'a cat' },
  regionId: null,
  newPhrase: '',
  layerId: null,
  maskId: null,
  camera: { x: 0, y: 0, zoom: 1 },
  brush: { ...defaultBrush, size: 40, softness: 0, stabiliser: 0 },
  mode: 'add',
  tolerance: 32,
  isSnapping: false,
  sizeFactor: 64,
  readGround: () => null,
  pool: new TilePool(),
  newId: () => `r${++nextId}`,
  ...change,
})

const use = (tool: Tool, on: ToolScene, path: readonly PenPoint[], keys = noKeys) => {
  const [first, ...rest] = path
  const gesture = first === undefined ? null : tool(on, first, keys)
  for (const point of rest) gesture?.move([point], keys)
  return gesture?.up() ?? null
}

const painted = (document: StudioDocument): StudioDocument =>
  use(tools.rectangle, scene({ document }), [at(100, 100), at(300, 200)])?.document ?? document

const paintedOf = (document: StudioDocument | undefined): number => {
  const mask = document?.regions[0]?.mask
  return mask === undefined ? 0 : paintedPixels(mask)
}

describe('tools', () => {
  it('make a region of the first stroke and ask what goes there', () => {
    const change = use(tools.brush, scene(), [at(100, 100), at(200, 100)])
    expect(change).toMatchObject({ label: 'change.newRegion', asksPhrase: true })
    const [region] = change?.document.regions ?? []
    expect(region?.id).toBe(change?.regionId)
    expect(region && maskBounds(region.mask)).toEqual({ x: 80, y: 80, width: 140, height: 40 })
  })

  it('name the new region at once when words are selected', () => {
    const change = use(tools.lasso, scene({ newPhrase: 'cat' }), [at(10, 10), at(90, 10), at(90, 90), at(10, 90)])
    expect(change?.asksPhrase).toBe(false)
    expect(change?.document.regions[0]?.phrase).toBe('cat')
  })

  it.each(['brush', 'rectangle', 'lasso', 'fill', 'move'] as const)(
    '%s leaves nothing behind when it is cancelled',
    (id) => {
      const document = painted(scene().document)
      const pool = new TilePool()
      const regionId = document.regions[0]?.id ?? null
      const before = structuredClone(document)
      const gesture = tools[id](scene({ document, regionId, pool }), at(150, 150), noKeys)
      gesture?.move([at(180, 190), at(220, 230)], noKeys)
      gesture?.cancel()
      expect(document).toEqual(before)
    },
  )

  it('do not touch a locked region', () => {
    const document = painted(scene().document)
    const id = document.regions[0]?.id ?? ''
    const locked = withRegion(document, id, { isLocked: true })
    expect(use(tools.brush, scene({ document: locked, regionId: id }), [at(10, 10), at(50, 50)])).toBeNull()
  })

  it('take from other regions with Alt, share pixels without', () => {
    const document = painted(scene().document)
    const first = document.regions[0]?.mask
    const path = [at(200, 100), at(400, 200)]
    const shared = use(tools.rectangle, scene({ document }), path)?.document
    const taken = use(tools.rectangle, scene({ document }), path, { ...noKeys, isAlt: true })?.document
    expect(shared?.regions[0]?.mask).toBe(first)
    expect(taken?.regions[0] && paintedPixels(taken.regions[0].mask)).toBe(100 * 100)
  })

  it('erase with the eraser whatever the mode says', () => {
    const document = painted(scene().document)
    const regionId = document.regions[0]?.id ?? null
    const change = use(tools.eraser, scene({ document, regionId }), [at(100, 150), at(300, 150)])
    const mask = change?.document.regions[0]?.mask
    expect(mask && paintedPixels(mask)).toBeLessThan(200 * 100 - 200 * 39)
  })

  it('fill what a line encloses, else what looks alike in the picture, else nothing', () => {
    const document = painted(scene().document)
    const regionId = document.regions[0]?.id ?? null
    const hollow = use(tools.rectangle, scene({ document, regionId, mode: 'remove' }), [at(120, 120), at(280, 180)])
    const ring = hollow?.document ?? document
    const inside = use(tools.fill, scene({ document: ring, regionId }), [at(200, 150)])
    expect(paintedOf(inside?.document)).toBe(200 * 100)
    expect(use(tools.fill, scene({ document: ring, regionId }), [at(800, 800)])).toBeNull()
    // Left half light, right half dark.
    const data = new Uint8ClampedArray(8 * 8 * 4).map((_, i) => (Math.floor(i / 4) % 8 < 4 ? 200 : 20))
    const readGround = () => ({ width: 8, height: 8, channels: 4 as const, data })
    const alike = use(tools.fill, scene({ document: ring, regionId, readGround }), [at(800, 800)])
    expect(paintedOf(alike?.document)).toBe(513 * 1024 + paintedOf(ring))
  })

  it('move a region onto the centre line when it is near', () => {
    const document = painted(scene().document)
    const regionId = document.regions[0]?.id ?? null
    const change = use(tools.move, scene({ document, regionId, isSnapping: true }), [at(200, 150), at(510, 150)])
    const mask = change?.document.regions[0]?.mask
    expect(mask && maskBounds(mask).x + 100).toBe(512)
  })

  it('change the size only in steps of the model', () => {
    const change = use(tools.frame, scene(), [at(1024, 1024), at(900, 700)])
    expect([change?.document.width, change?.document.height]).toEqual([896, 704])
  })

  it('draw wider where a pen presses harder', () => {
    const pen = (x: number, pressure: number): PenPoint => ({ x, y: 200, pressure, isPen: true })
    const light = use(tools.brush, scene(), [pen(100, 0.1), pen(100, 0.1)])?.document.regions[0]?.mask
    const heavy = use(tools.brush, scene(), [pen(100, 1), pen(100, 1)])?.document.regions[0]?.mask
    expect(light && heavy && paintedPixels(light) < paintedPixels(heavy)).toBe(true)
    expect(heavy && maskBounds(heavy).width).toBe(40)
  })
})

describe('a mask in the hand', () => {
  const blank = scene().document
  const document = { ...blank, masks: [newMask(blank, 'm1', 'Mask 1')] }
  const held = (change: Partial<ToolScene> = {}): ToolScene => scene({ document, maskId: 'm1', ...change })

  it.each([
    ['brush', 'change.paint', [at(100, 100), at(200, 100)]],
    ['rectangle', 'change.rectangle', [at(100, 100), at(300, 200)]],
    ['lasso', 'change.lasso', [at(10, 10), at(90, 10), at(90, 90), at(10, 90)]],
  ] as const)('is painted by %s, and asks for no words', (id, label, path) => {
    const change = use(tools[id], held(), path)
    expect(change).toMatchObject({ label, document: { regions: [] } })
    expect(change?.asksPhrase).toBeUndefined()
    const [mask] = change?.document.masks ?? []
    expect(mask && paintedPixels(mask.mask)).toBeGreaterThan(3000)
  })

  it('is erased, filled, moved and turned like a region', () => {
    const painted = use(tools.rectangle, held(), [at(100, 100), at(300, 200)])?.document ?? document
    const on = held({ document: painted })
    const masks = (change: DocumentChange | null) => change?.document.masks[0]?.mask ?? painted.masks[0]?.mask
    const erased = masks(use(tools.eraser, on, [at(100, 150), at(300, 150)]))
    expect(erased && paintedPixels(erased)).toBeLessThan(200 * 100 - 200 * 39)
    const moved = masks(use(tools.move, on, [at(200, 150), at(250, 350)]))
    expect(moved && maskBounds(moved)).toEqual({ x: 150, y: 300, width: 200, height: 100 })
    // From outside the upper left corner a quarter turn about 200, 150.
    const turned = masks(use(tools.move, on, [at(85, 85), at(265, 35)], { ...noKeys, isShift: true }))
    expect(turned && maskBounds(turned)).toEqual({ x: 150, y: 50, width: 100, height: 200 })
  })

  it('is not touched when it is locked', () => {
    const locked = held({ document: withMask(document, 'm1', { isLocked: true }) })
    expect(use(tools.brush, locked, [at(10, 10), at(50, 50)])).toBeNull()
  })
})

describe('a layer in the hand', () => {
  const place = { x: 256, y: 256, width: 512, height: 256 }
  const layer = {
    id: 'l1',
    name: 'Result 1',
    image: 7,
    opacity: 1,
    blend: 'normal' as const,
    isVisible: true,
    isLocked: false,
    place,
    angle: 0,
    isFlipped: false,
  }
  const held = (change: Partial<typeof layer> = {}): ToolScene =>
    scene({ document: { ...scene().document, layers: [{ ...layer, ...change }] }, layerId: 'l1' })

  it('turns about its centre when it is dragged outside a corner, in steps with Shift', () => {
    // The centre is at 512, 384; from the upper left corner a quarter turn clockwise ends at the upper right.
    const from = at(256 - 18, 256 - 18)
    const by = { x: from.x - 512, y: from.y - 384 }
    const to = at(512 - by.y + 9, 384 + by.x)
    const turned = use(tools.move, held(), [from, to], { ...noKeys, isShift: true })
    expect(turned?.document.layers[0]).toMatchObject({ angle: 90, place })
    expect(turned?.label).toBe('change.moveLayer')
  })

  it('keeps the opposite side where it is when a turned layer is stretched', () => {
    // Turned by a quarter, its right side is below: at 512, 640.
    const stretched = use(tools.move, held({ angle: 90 }), [at(512, 640), at(512, 740)])?.document.layers[0]
    expect(stretched?.place.width).toBeCloseTo(612, 6)
    expect(stretched?.place.height).toBeCloseTo(256, 6)
    // The side above, 256 from the old centre, stays at y = 128.
    const centre = (stretched?.place.y ?? 0) + 128
    expect(centre - 306).toBeCloseTo(128, 6)
    expect((stretched?.place.x ?? 0) + 306).toBeCloseTo(512, 6)
  })

  it('does not move when it is locked', () => {
    expect(use(tools.move, held({ isLocked: true }), [at(500, 400), at(600, 400)])).toBeNull()
  })
})
