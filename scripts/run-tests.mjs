import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countTests } from './count-tests.mjs'
import { projectRoot } from './project-root.mjs'
import { runUnderRuntime } from './run-under-runtime.mjs'

/** @param {string} path @returns {import('./count-tests.mjs').Report | undefined} undefined when vitest died before writing it */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * Runs the tests.
 *
 * @param {{ readonly isFast: boolean, readonly parameters: readonly string[], readonly mustRun?: (path: string) => boolean }} request
 *   `isFast` leaves out *.slow.test.ts; `parameters` go to vitest as they are (paths, -t name); a skipped test of a
 *   file that `mustRun` counts as failed
 * @returns {Promise<import('./count-tests.mjs').Counts>}
 */
export async function runTests({ isFast, parameters, mustRun }) {
  const folder = mkdtempSync(join(tmpdir(), 'attune-tests-'))
  const reportPath = join(folder, 'report.json')
  const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`]
  const selection = isFast ? ['--exclude=**/*.slow.test.ts'] : []
  try {
    const code = await runUnderRuntime([vitest, 'run', ...reports, ...selection, ...parameters], { cwd: projectRoot })
    return countTests(readReport(reportPath), code, mustRun)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
