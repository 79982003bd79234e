import { basename } from 'node:path'
import type { CaseKind, CaseResult, CaseRow } from './case-kind.ts'
import type { RunGraph } from './kinds/run-graph.ts'

/** Recorded gradients agree in direction as well: one element may be off by 1e-3 of the largest, the whole may not. */
export const leastCosine = 0.99999

export interface CheckedRow extends CaseRow {
  readonly tolerance: number
  readonly isMet: boolean
}

export type CaseReport =
  | { readonly status: 'not-built'; readonly caseName: string }
  | { readonly status: 'thrown'; readonly caseName: string; readonly kind: string; readonly cause: unknown }
  | {
      readonly status: 'met' | 'missed'
      readonly caseName: string
      readonly kind: string
      /** Every row, the one farthest from (or beyond) its bar first. */
      readonly rows: readonly CheckedRow[]
    }

/**
 * Computes one recorded case and holds it to its bars. A result without rows is a miss: nothing was compared.
 *
 * @param folder path of the case
 * @param kinds  tried in order; none that matches gives 'not-built'
 * @param run    where networks run; the CPU when absent
 */
export async function checkCase(folder: string, kinds: readonly CaseKind[], run?: RunGraph): Promise<CaseReport> {
  const caseName = basename(folder)
  const kind = kinds.find((candidate) => candidate.matches(caseName))
  if (kind === undefined) return { status: 'not-built', caseName }
  try {
    const rows = worstFirst(await kind.check(folder, run))
    const isMet = rows.length > 0 && rows.every((row) => row.isMet)
    return { status: isMet ? 'met' : 'missed', caseName, kind: kind.name, rows }
  } catch (cause) {
    return { status: 'thrown', caseName, kind: kind.name, cause }
  }
}

const worstFirst = ({ rows, tolerance }: CaseResult): readonly CheckedRow[] =>
  rows.map((row) => checkRow(row, row.tolerance ?? tolerance)).sort((a, b) => excess(b) - excess(a))

const checkRow = (row: CaseRow, tolerance: number): CheckedRow => ({
  ...row,
  tolerance,
  // Written so that NaN misses.
  isMet: row.error <= tolerance && (row.cosine === undefined || row.cosine >= leastCosine),
})

/** How far a row is from its bar: a miss before all that are met, then by error over tolerance. */
const excess = ({ error, tolerance, isMet }: CheckedRow): number => {
  if (!isMet) return Number.MAX_VALUE
  return tolerance === 0 ? 0 : error / tolerance
}
