/**
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts
 * @typedef {{ readonly status: string, readonly name: string, readonly assertionResults: readonly { readonly status: string }[] }} FileResult
 * @typedef {{ readonly testResults: readonly FileResult[] }} Report
 */

/**
 * Counts a run of vitest from its JSON report. A file that broke before or around its tests counts as one failure,
 * and so does a run that ended badly without naming a failed test: it crashed, or it found nothing to run.
 *
 * @param {Report | undefined} report undefined when vitest wrote none
 * @param {number} exitCode vitest's
 * @param {(path: string) => boolean} [mustRun] files whose skipped tests count as failed; none unless said
 * @returns {Counts}
 */
export function countTests(report, exitCode, mustRun = () => false) {
  const files = report?.testResults ?? []
  const statuses = files.flatMap((file) =>
    file.assertionResults.map(({ status }) => outcome(status, mustRun(file.name))),
  )
  const broken = files.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length
  const passed = statuses.filter((status) => status === 'passed').length
  const failed = statuses.filter((status) => status === 'failed').length + broken
  const skipped = statuses.filter((status) => status === 'skipped').length
  const isBad = exitCode !== 0 || passed + failed === 0
  return { passed, failed: failed === 0 && isBad ? 1 : failed, skipped }
}

/** @param {string} status vitest's @param {boolean} mustRun @returns {'passed' | 'failed' | 'skipped'} */
const outcome = (status, mustRun) => {
  if (status === 'passed' || status === 'failed') return status
  return mustRun ? 'failed' : 'skipped'
}

/** @param {FileResult} file @returns {boolean} */
const hasFailedTest = (file) => file.assertionResults.some((test) => test.status === 'failed')

/**
 * The closing line of every command that counts.
 *
 * @param {Counts} counts
 * @returns {string} such as `12 passed, 0 failed` or `12 passed, 0 failed, 1 skipped`
 */
export const describeCounts = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
