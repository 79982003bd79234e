import { slice } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'

/** Positions from … to − 1 of an axis. */
export interface Range {
  readonly from: number
  readonly to: number
}

export interface HeadGroup {
  readonly heads: Range
  /** Covers all queries in order. */
  readonly queries: readonly Range[]
}

interface ScoreSizes {
  readonly batch: number
  readonly heads: number
  readonly queries: number
  readonly keys: number
}

/** Scores of one tile at most: what the caches of a processor hold, and little beside the activations of a network. */
const tileBytes = 16 * 2 ** 20

/** Cuts attention into tiles: whole heads where one head's scores are small enough, otherwise each head by its queries. */
export const attentionTiles = ({ batch, heads, queries, keys }: ScoreSizes): readonly HeadGroup[] => {
  const rowBytes = 4 * batch * keys
  const headsTogether = Math.max(1, Math.floor(tileBytes / (rowBytes * queries)))
  const queriesTogether = headsTogether > 1 ? queries : Math.max(1, Math.floor(tileBytes / rowBytes))
  const queryRanges = evenRanges(queries, queriesTogether)
  return evenRanges(heads, headsTogether).map((range) => ({ heads: range, queries: queryRanges }))
}

/** 0 … length − 1 in ranges of nearly equal length, each at most `longest`. */
const evenRanges = (length: number, longest: number): Range[] => {
  const count = Math.ceil(length / longest)
  const bound = (i: number): number => Math.round((i * length) / count)
  return Array.from({ length: count }, (_, i) => ({ from: bound(i), to: bound(i + 1) }))
}

/** The positions of one axis within `range`; `x` itself when these are all. */
export const rangeOf = (x: Value, axis: number, { from, to }: Range): Value =>
  from === 0 && to === x.shape[axis] ? x : slice(x, axis, from, to)
