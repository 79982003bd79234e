// npm test, npm run test:fast: everything, or everything but *.slow.test.ts. The last line is `N passed, N failed`.
import { join } from 'node:path'
import { describeCounts } from './count-tests.mjs'
import { projectRoot } from './project-root.mjs'
import { runTests } from './run-tests.mjs'
import { exitWith, runUnderRuntime } from './run-under-runtime.mjs'

await exitWith(async () => {
  const parameters = process.argv.slice(2)
  const isFast = parameters.includes('--fast')
  const isWhole = !isFast && parameters.length === 0
  // Whoever runs everything, or stories by name, needs a Chromium.
  if (isWhole || parameters.some((parameter) => /tests[\\/]studio/.test(parameter)))
    await runUnderRuntime([join(projectRoot, 'build', 'set-up-browser.ts')], { cwd: projectRoot })
  const counts = await runTests({ isFast, parameters: parameters.filter((parameter) => parameter !== '--fast') })
  console.log(describeCounts(counts))
  return counts.failed === 0 ? 0 : 1
})
