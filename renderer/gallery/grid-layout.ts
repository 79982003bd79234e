import type { Rect } from '../canvas/geometry.ts'

/** A row of the gallery: the heading of a day, or of whatever else they stand under, or a line of pictures. */
export type GridRow =
  | {
      readonly kind: 'heading'
      readonly top: number
      readonly heading: string
      /** The first picture under it. */
      readonly from: number
      readonly count: number
    }
  | { readonly kind: 'pictures'; readonly top: number; readonly from: number; readonly to: number }

export interface GridLayout {
  readonly rows: readonly GridRow[]
  readonly height: number
  readonly columns: number
  readonly cell: number
}

export const gridGap = 6
export const headingHeight = 40

/** How many cells of about `wanted` pixels fit, and how large they then are. */
export function gridColumns(width: number, wanted: number): { readonly columns: number; readonly cell: number } {
  const columns = Math.max(1, Math.round((width + gridGap) / (wanted + gridGap)))
  return { columns, cell: (width - (columns - 1) * gridGap) / columns }
}

/**
 * Where every row lies, from what the pictures stand under.
 *
 * @param headings of each picture, in their order
 */
export function layOutGrid(headings: readonly string[], width: number, wanted: number): GridLayout {
  const { columns, cell } = gridColumns(width, wanted)
  const rows: GridRow[] = []
  let top = 0
  for (let from = 0; from < headings.length;) {
    const heading = headings[from] ?? ''
    let end = from
    while (end < headings.length && headings[end] === heading) end++
    rows.push({ kind: 'heading', top, heading, from, count: end - from })
    top += headingHeight
    for (let row = from; row < end; row += columns) {
      rows.push({ kind: 'pictures', top, from: row, to: Math.min(end, row + columns) })
      top += cell + gridGap
    }
    from = end
  }
  return { rows, height: top, columns, cell }
}

/** The rows that touch the window from `top` to `bottom`; found by halving, whatever the length. */
export function visibleRows({ rows }: GridLayout, top: number, bottom: number): readonly GridRow[] {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.top ?? 0) <= top) low = middle + 1
    else high = middle
  }
  const first = Math.max(0, low - 1)
  let end = first
  while (end < rows.length && (rows[end]?.top ?? 0) < bottom) end++
  return rows.slice(first, end)
}

/** The picture above or below another one, across headings. */
export function verticalNeighbour({ rows }: GridLayout, index: number, by: 1 | -1): number {
  const lines = rows.filter((row) => row.kind === 'pictures')
  const at = lines.findIndex(({ from, to }) => index >= from && index < to)
  const line = lines[at]
  const next = lines[at + by]
  if (line === undefined || next === undefined) return index
  return Math.min(next.to - 1, next.from + index - line.from)
}

/** The pictures, from `from` up to `to`, that a rectangle touches: a stretch of each line. Places as in the layout. */
export function picturesIn(layout: GridLayout, rect: Rect): readonly { readonly from: number; readonly to: number }[] {
  const pitch = layout.cell + gridGap
  const first = Math.max(0, Math.ceil((rect.x - layout.cell) / pitch))
  const end = Math.min(layout.columns, Math.floor((rect.x + rect.width) / pitch) + 1)
  if (end <= first) return []
  return visibleRows(layout, rect.y, rect.y + rect.height).flatMap((row) =>
    row.kind === 'heading' || row.top + layout.cell < rect.y || row.from + first >= row.to
      ? []
      : [{ from: row.from + first, to: Math.min(row.to, row.from + end) }],
  )
}
