import { type Camera, rectToScreen } from './camera.ts'
import { growRect, intersectRects, isEmptyRect, type Rect, roundOut, scaleRect, type Size } from './geometry.ts'
import { hatchAngle, paintStyle } from './region-colours.ts'
import { RegionTiles, type TileScratch } from './region-tiles.ts'
import type { LiveTiles } from './tile-image.ts'
import { type TileMask, tileSide } from './tile-mask.ts'

/** One painted region or mask as it shall be shown. */
export interface ShownRegion {
  readonly id: string
  readonly colour: number
  readonly mask: TileMask
  /** Of its paint, 0 … 1; the outline stays. */
  readonly opacity: number
  readonly live: LiveTiles | null
}

export interface PaintScene {
  readonly picture: Size
  /** Mask pixels per picture pixel. */
  readonly maskScale: number
  readonly camera: Camera
  readonly view: Size
  readonly pixelRatio: number
  readonly regions: readonly ShownRegion[]
  /** 0 picture only … 100 plan only. */
  readonly tracing: number
  /** Colour of the tracing paper; null = nothing lies under it. */
  readonly film: string | null
  readonly hatchStrength: number
}

/** How strong the paper and the paint on it are at a place of the tracing slider. */
export function tracingStrength(tracing: number): {
  readonly film: number
  readonly fill: number
  readonly line: number
} {
  const above = Math.max(0, tracing - 12) / 88
  return {
    film: above <= 0.614 ? (above / 0.614) * 0.5 : 0.5 + ((above - 0.614) / 0.386) * 0.5,
    fill: Math.min(1, above / 0.614) * 0.7,
    line: Math.min(1, tracing / 12),
  }
}

/** Draws tracing paper and regions; only the part that changed, and from tiles that changed. */
export class PaintSurface {
  readonly #brush: CanvasRenderingContext2D
  readonly #layer = new OffscreenCanvas(1, 1)
  readonly #scratch: TileScratch = { image: new ImageData(tileSide, tileSide) }
  readonly #tiles = new Map<string, RegionTiles>()
  readonly #hatches = new Map<string, CanvasPattern | null>()

  constructor(canvas: HTMLCanvasElement) {
    const brush = canvas.getContext('2d')
    if (brush === null) throw new Error('canvas: the browser gave no 2D context.')
    this.#brush = brush
  }

  /** Bytes of the images that stand between masks and screen. */
  get bytes(): number {
    return [...this.#tiles.values()].reduce((sum, tiles) => sum + tiles.bytes, 0)
  }

  /**
   * @param dirty mask pixels that a live stroke changed since the last time; null = everything
   */
  draw(scene: PaintScene, dirty: Rect | null): void {
    const { camera, maskScale, pixelRatio, view } = scene
    const canvas = this.#brush.canvas
    const whole = { x: 0, y: 0, width: canvas.width, height: canvas.height }
    const onScreen = (rect: Rect): Rect => scaleRect(rectToScreen(scaleRect(rect, 1 / maskScale), camera), pixelRatio)
    const area = dirty === null ? whole : intersectRects(roundOut(growRect(onScreen(dirty), 6 * pixelRatio)), whole)
    if (isEmptyRect(area)) return
    this.#fitLayer(whole)
    this.#forgetOthers(scene)
    const brush = this.#brush
    brush.save()
    brush.beginPath()
    brush.rect(area.x, area.y, area.width, area.height)
    brush.clip()
    brush.clearRect(area.x, area.y, area.width, area.height)
    this.#drawFilm(scene)
    const seen = {
      x: ((area.x / pixelRatio - camera.x) / camera.zoom) * maskScale,
      y: ((area.y / pixelRatio - camera.y) / camera.zoom) * maskScale,
      width: (area.width / pixelRatio / camera.zoom) * maskScale,
      height: (area.height / pixelRatio / camera.zoom) * maskScale,
    }
    for (const region of scene.regions) this.#drawRegion(scene, region, seen, area, dirty, onScreen)
    brush.restore()
    if (dirty === null && view.width > 0) for (const tiles of this.#tiles.values()) tiles.keepOnly(seen)
  }

  #drawFilm({ picture, camera, pixelRatio, tracing, film }: PaintScene): void {
    const strength = tracingStrength(tracing).film
    if (strength === 0 || film === null) return
    const paper = scaleRect(rectToScreen({ x: 0, y: 0, ...picture }, camera), pixelRatio)
    this.#brush.globalAlpha = strength
    this.#brush.fillStyle = film
    this.#brush.fillRect(paper.x, paper.y, paper.width, paper.height)
    this.#brush.globalAlpha = 1
  }

  #drawRegion(
    scene: PaintScene,
    region: ShownRegion,
    seen: Rect,
    area: Rect,
    dirty: Rect | null,
    onScreen: (rect: Rect) => Rect,
  ): void {
    const tiles = this.#tilesOf(region)
    tiles.setMask(region.mask)
    const pixelsPerMask = (scene.camera.zoom * scene.pixelRatio) / scene.maskScale
    tiles.setMip(Math.min(4, Math.max(0, Math.floor(Math.log2(1 / pixelsPerMask)))))
    const shown = [...tiles.under(seen, region.live, region.live === null ? null : dirty)]
    if (shown.length === 0) return
    const { fill, line } = tracingStrength(scene.tracing)
    if (fill * region.opacity > 0)
      this.#drawFill(
        scene,
        region,
        shown.map(([place, { canvas }]) => [onScreen(place), canvas] as const),
        area,
        fill * region.opacity,
      )
    if (line === 0) return
    const brush = this.#brush
    brush.save()
    const scale = pixelsPerMask
    brush.setTransform(scale, 0, 0, scale, scene.camera.x * scene.pixelRatio, scene.camera.y * scene.pixelRatio)
    brush.lineCap = 'round'
    const lineWidth = (2 * scene.pixelRatio) / scale
    for (const [style, width] of [
      [`rgb(0 0 0 / ${0.5 * line})`, lineWidth * 2.2],
      [paintStyle(region.colour), lineWidth],
    ] as const) {
      brush.strokeStyle = style
      brush.lineWidth = width
      for (const [, { path }] of shown) if (path !== null) brush.stroke(path)
    }
    brush.restore()
  }

  #drawFill(
    scene: PaintScene,
    region: ShownRegion,
    shown: readonly (readonly [Rect, OffscreenCanvas])[],
    area: Rect,
    fill: number,
  ): void {
    const layer = this.#layer.getContext('2d')
    if (layer === null) return
    layer.globalCompositeOperation = 'source-over'
    layer.clearRect(area.x, area.y, area.width, area.height)
    layer.imageSmoothingEnabled = true
    for (const [place, canvas] of shown) {
      // Edges on whole pixels: neighbours meet without a seam.
      const left = Math.round(place.x)
      const top = Math.round(place.y)
      const wide = Math.round(place.x + place.width) - left
      const high = Math.round(place.y + place.height) - top
      // A tile at the mask's edge is only partly used.
      const used = (canvas.width / tileSide) * (scene.maskScale / (scene.camera.zoom * scene.pixelRatio))
      layer.drawImage(
        canvas,
        0,
        0,
        Math.min(canvas.width, place.width * used),
        Math.min(canvas.width, place.height * used),
        left,
        top,
        wide,
        high,
      )
    }
    const hatch = this.#hatch(region.colour, scene)
    if (hatch !== null) {
      layer.globalCompositeOperation = 'source-atop'
      layer.fillStyle = hatch
      layer.fillRect(area.x, area.y, area.width, area.height)
    }
    this.#brush.globalAlpha = fill
    this.#brush.drawImage(this.#layer, area.x, area.y, area.width, area.height, area.x, area.y, area.width, area.height)
    this.#brush.globalAlpha = 1
  }

  #tilesOf(region: ShownRegion): RegionTiles {
    const known = this.#tiles.get(region.id)
    if (known?.colour === region.colour) return known
    const tiles = new RegionTiles(region.mask, region.colour, this.#scratch)
    this.#tiles.set(region.id, tiles)
    return tiles
  }

  #hatch(colour: number, { pixelRatio, hatchStrength }: PaintScene): CanvasPattern | null {
    const angle = hatchAngle(colour)
    const key = `${angle} ${pixelRatio} ${hatchStrength}`
    const known = this.#hatches.get(key)
    if (known !== undefined) return known
    const side = 9
    const tile = new OffscreenCanvas(side * 4, side * 4)
    const brush = tile.getContext('2d')
    if (brush === null || hatchStrength === 0) return null
    brush.strokeStyle = `rgb(0 0 0 / ${hatchStrength})`
    brush.lineWidth = 5.5
    brush.moveTo(-4, side * 2)
    brush.lineTo(side * 4 + 4, side * 2)
    brush.stroke()
    const pattern = this.#brush.createPattern(tile, 'repeat')
    pattern?.setTransform(new DOMMatrix().rotate(angle).scale(pixelRatio / 4))
    this.#hatches.set(key, pattern)
    return pattern
  }

  #fitLayer({ width, height }: Rect): void {
    if (this.#layer.width !== width || this.#layer.height !== height) {
      this.#layer.width = Math.max(1, width)
      this.#layer.height = Math.max(1, height)
    }
  }

  #forgetOthers({ regions }: PaintScene): void {
    const ids = new Set(regions.map(({ id }) => id))
    for (const id of this.#tiles.keys()) if (!ids.has(id)) this.#tiles.delete(id)
  }
}
