import { fillRect } from '../../canvas/fill-shape.ts'
import { clamp, type Rect, scaleRect } from '../../canvas/geometry.ts'
import { coverageAt } from '../../canvas/tile-mask.ts'
import { findMask } from '../../document/edit-mask.ts'
import { findRegion, maskScale, regionNumber } from '../../document/studio-document.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'
import { findTarget, paintTarget } from '../../tools/paint-target.ts'
import { makeToolScene } from './stage-scene.ts'

interface Cell {
  readonly column: number
  readonly row: number
}

/** Cells along the shorter side of the paper. */
const cellsPerSide = 16

const cellSide = ({ document }: StudioState): number =>
  Math.min(document.current.width, document.current.height) / cellsPerSide

const rectOf = (studio: StudioState, { column, row }: Cell): Rect => {
  const side = cellSide(studio)
  return { x: column * side, y: row * side, width: side, height: side }
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

function move(studio: StudioState, [x, y]: readonly [number, number], isFar: boolean): void {
  const { view, document } = studio
  const side = cellSide(studio)
  const columns = Math.floor(document.current.width / side)
  const rows = Math.floor(document.current.height / side)
  const from = view.cell ?? { column: Math.floor(columns / 2), row: Math.floor(rows / 2) }
  const by = isFar ? 4 : 1
  view.cell =
    view.cell === null
      ? from
      : { column: clamp(from.column + x * by, 0, columns - 1), row: clamp(from.row + y * by, 0, rows - 1) }
}

function paintCell(studio: StudioState, cell: Cell, mode: 'add' | 'remove'): void {
  const { document, view } = studio
  const target = findTarget(makeToolScene(studio, 'brush'))
  if (target === null) return
  const mask = fillRect(target.painted.mask, scaleRect(rectOf(studio, cell), maskScale(document.current)), mode)
  const change = paintTarget(target, mask, mode === 'add' ? 'change.paint' : 'change.erase', false)
  if (change === null) return
  document.change(change.document, change.label)
  view.regionId = change.regionId ?? view.regionId
}

/** Painting without a pointer: a cell of a grid is moved with the arrows and painted with Space. */
export const paintByKeys = {
  rectOf,

  /** @returns whether the key was used */
  press(studio: StudioState, event: KeyboardEvent): boolean {
    const { view } = studio
    if (!view.isPainting || event.ctrlKey || event.metaKey || event.altKey) return false
    const step = steps[event.code]
    if (step !== undefined) {
      move(studio, step, event.shiftKey)
      return true
    }
    if (view.cell === null) return false
    if (event.code === 'Space') {
      paintCell(studio, view.cell, event.shiftKey ? 'remove' : 'add')
      return true
    }
    if (event.code !== 'Enter' && event.code !== 'Escape') return false
    view.cell = null
    const region = findRegion(studio.document.current, view.regionId)
    if (region?.phrase === '') view.askingPhrase = region.id
    return true
  },

  /** What a screen reader says about the cell. */
  describe(studio: StudioState): string {
    const { view, document, say } = studio
    if (view.cell === null) return ''
    const edited = findMask(document.current, view.maskId)
    const region = findRegion(document.current, view.regionId)
    const painted = edited ?? region
    const { x, y, width } = rectOf(studio, view.cell)
    const scale = maskScale(document.current)
    const isPainted =
      painted !== undefined &&
      coverageAt(painted.mask, Math.floor((x + width / 2) * scale), Math.floor((y + width / 2) * scale)) > 127
    const place = { row: view.cell.row + 1, column: view.cell.column + 1 }
    if (edited !== undefined)
      return say(isPainted ? 'canvas.cellMasked' : 'canvas.cellOutside', { ...place, name: edited.name })
    return say(isPainted ? 'canvas.cellPainted' : 'canvas.cell', {
      ...place,
      number: region === undefined ? 0 : regionNumber(document.current, region.id),
    })
  },
}
