import { leastCosine, type CaseReport, type CheckedRow } from './check-case.ts'

const headings = ['case', 'kind', 'worst row', 'error', 'bar', 'cosine', 'rows', ''] as const

/**
 * The reports as an aligned table, one line per case with its worst row, then what every missed row and every
 * thrown error says.
 */
export function caseTable(reports: readonly CaseReport[]): string {
  const lines = [headings, ...reports.map(cells)]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const table = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...table, ...reports.flatMap(details)].join('\n')
}

function cells(report: CaseReport): readonly string[] {
  if (report.status === 'not-built')
    return [report.caseName, '', '', '', '', '', '', 'skipped: this kind is not built yet']
  if (report.status === 'thrown') return [report.caseName, report.kind, '', '', '', '', '', 'FAILED']
  const worst = report.rows[0]
  if (worst === undefined) return [report.caseName, report.kind, 'nothing compared', '', '', '', '0', 'FAILED']
  const { name, error, tolerance } = worst
  return [
    report.caseName,
    report.kind,
    name,
    error.toExponential(1),
    tolerance.toExponential(0),
    lowestCosine(report.rows),
    `${report.rows.length}`,
    report.status === 'met' ? 'ok' : 'MISSED',
  ]
}

function lowestCosine(rows: readonly CheckedRow[]): string {
  const cosines = rows.flatMap((row) => (row.cosine === undefined ? [] : [row.cosine]))
  return cosines.length === 0 ? '' : Math.min(...cosines).toFixed(7)
}

function details(report: CaseReport): readonly string[] {
  if (report.status === 'thrown') {
    const { cause } = report
    return ['', `${report.caseName}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`]
  }
  if (report.status !== 'missed') return []
  const missed = report.rows.filter((row) => !row.isMet)
  return missed.map(
    ({ name, error, tolerance, cosine }) =>
      `${report.caseName}: ${name} is off by ${error}, expected at most ${tolerance}` +
      (cosine === undefined ? '' : `, cosine ${cosine}, expected at least ${leastCosine}`),
  )
}
