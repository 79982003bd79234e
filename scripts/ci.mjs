// .ci/run: set-up, check, test. The last line is `N passed, N failed`; the check counts as one, what needs a browser or
// electron-builder and was skipped as failed.
import { join } from 'node:path'
import { describeCounts } from './count-tests.mjs'
import { projectRoot } from './project-root.mjs'
import { runTests } from './run-tests.mjs'
import { exitWith, runUnderRuntime } from './run-under-runtime.mjs'

/** @param {string} path @returns {boolean} whether it needs what a Chromium brings */
const needsBrowser = (path) => /[\\/]tests[\\/]studio[\\/]/.test(path) || path.endsWith('.webgpu.slow.test.ts')

/** @param {string} path @returns {boolean} whether a skipped test of it counts as failed */
const mustRun = (path) => needsBrowser(path) || path.endsWith('electron-builder.slow.test.ts')

/** @returns {Promise<import('./count-tests.mjs').Counts>} a set-up that fails is one failure as well */
async function checkAndTest() {
  try {
    await runUnderRuntime([join(projectRoot, 'build', 'set-up-browser.ts'), '--debian'], { cwd: projectRoot })
    await runUnderRuntime([join(projectRoot, 'build', 'desktop', 'set-up-packager.ts')], { cwd: projectRoot })
    const check = await runUnderRuntime([join(projectRoot, 'build', 'check.ts')], { cwd: projectRoot })
    const tests = await runTests({ isFast: false, parameters: [], mustRun })
    const isClean = check === 0
    return { ...tests, passed: tests.passed + (isClean ? 1 : 0), failed: tests.failed + (isClean ? 0 : 1) }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

await exitWith(async () => {
  const counts = await checkAndTest()
  console.log(describeCounts(counts))
  return counts.failed === 0 ? 0 : 1
})
