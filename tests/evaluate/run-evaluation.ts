import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Evaluation, EvaluationItem, EvaluationRow } from './evaluation.ts'

/** This run's part of all items: every `of`-th, beginning with the `part`-th (1 … of). */
export interface Share {
  readonly part: number
  readonly of: number
}

/**
 * Reads `1/4`.
 *
 * @throws RangeError when it is no part of a whole
 */
export function parseShare(text: string): Share {
  const [part, of] = /^(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number) ?? []
  if (part === undefined || of === undefined || part < 1 || part > of) {
    throw new RangeError(`evaluate: found share "${text}", expected one such as 1/4.`)
  }
  return { part, of }
}

export interface EvaluationRun {
  /** JSON lines, one per judged item; appended to, so that a run that was stopped goes on where it was. */
  readonly resultsPath: string
  readonly share: Share
  /** Written into every line: the numbers belong to this state of the code. */
  readonly commit: string | undefined
  readonly onRow: (done: number, total: number) => void
}

/**
 * Judges the items of this share that the results do not hold yet.
 *
 * @returns all lines of the results, those of earlier runs first
 */
export async function runEvaluation<Item extends EvaluationItem>(
  evaluation: Evaluation<Item>,
  { resultsPath, share, commit, onRow }: EvaluationRun,
): Promise<readonly EvaluationRow[]> {
  mkdirSync(dirname(resultsPath), { recursive: true })
  dropTornLine(resultsPath)
  const judged = new Set(readRows(resultsPath).map(({ id }) => id))
  const items = (await evaluation.items()).filter((_, index) => index % share.of === share.part - 1)
  const open = items.filter(({ id }) => !judged.has(id))
  for (const [index, item] of open.entries()) {
    const row = { id: item.id, commit, ...(await evaluation.measure(item)) }
    appendFileSync(resultsPath, `${JSON.stringify(row)}\n`)
    onRow(items.length - open.length + index + 1, items.length)
  }
  return readRows(resultsPath)
}

/** A last line without its end was being written when the run was stopped; its item is judged again. */
function dropTornLine(path: string): void {
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  if (!text.endsWith('\n')) writeFileSync(path, text.slice(0, text.lastIndexOf('\n') + 1))
}

function readRows(path: string): readonly EvaluationRow[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  // Every line was written by runEvaluation.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as EvaluationRow)
}
