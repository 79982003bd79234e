// npm test, npm run test:fast: everything, or everything but *.slow.test.ts. The last line is `N passed, N failed`.
import { describeCounts } from './count-tests.mjs'
import { runTests } from './run-tests.mjs'
import { exitWith } from './run-under-runtime.mjs'

await exitWith(async () => {
  const parameters = process.argv.slice(2)
  const isFast = parameters.includes('--fast')
  const counts = await runTests({ isFast, parameters: parameters.filter((parameter) => parameter !== '--fast') })
  console.log(describeCounts(counts))
  return counts.failed === 0 ? 0 : 1
})
