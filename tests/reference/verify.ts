/**
 * npm run verify -- FOLDER [NAME ...]: computes every recorded case of a folder (or those whose names begin with a
 * NAME) and prints a table of worst errors. Ends with 1 when a case misses its bar, throws, or none was computed.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { caseTable } from './case-table.ts'
import { checkCase, type CaseReport } from './check-case.ts'
import { caseKinds } from './kinds.ts'

const usage = 'npm run verify -- FOLDER [NAME ...]'

/** Folders directly under `folder`, in the order of their names. */
const caseFolders = (folder: string, prefixes: readonly string[]): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)))
    .sort()
    .map((name) => join(folder, name))

async function verify(folder: string, prefixes: readonly string[]): Promise<number> {
  const reports: CaseReport[] = []
  // One after another: each case may fill the memory that it is allowed.
  for (const path of caseFolders(folder, prefixes)) reports.push(await checkCase(path, caseKinds))
  const computed = reports.filter((report) => report.status !== 'not-built')
  const failed = computed.filter((report) => report.status !== 'met')
  console.log(caseTable(reports))
  console.log(
    `${computed.length - failed.length} met, ${failed.length} failed, ${reports.length - computed.length} skipped`,
  )
  return computed.length > 0 && failed.length === 0 ? 0 : 1
}

const [folder, ...prefixes] = process.argv.slice(2)
if (folder === undefined) {
  console.error(`verify: found no folder, expected one that holds cases. ${usage}`)
  process.exitCode = 2
} else {
  process.exitCode = await verify(resolve(folder), prefixes)
}
