/** npm run check [NAME ...]: every check of the project's text, or those named. Ends with 1 when one finds a fault. */
import { join } from 'node:path'
import { type Check, checks } from './checks.ts'

const root = join(import.meta.dirname, '..')

async function runCheck({ name, findFaults }: Check): Promise<readonly string[]> {
  const start = performance.now()
  const faults = await findFaults(root)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${name.padEnd(8)} ${faults.length === 0 ? 'ok' : 'FAILED'}  ${seconds} s`)
  return faults
}

async function runLane(lane: readonly Check[]): Promise<readonly string[]> {
  const faults: string[] = []
  for (const check of lane) faults.push(...(await runCheck(check)))
  return faults
}

const wanted = process.argv.slice(2)
const names = checks.flat().map(({ name }) => name)
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`check: found "${unknown.join(', ')}", expected ${names.join(', ')}.`)
  process.exitCode = 2
} else {
  const lanes = checks.map((lane) => lane.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
  const faults = (await Promise.all(lanes.map(runLane))).flat()
  if (faults.length > 0) console.error(`\n${faults.join('\n')}`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
