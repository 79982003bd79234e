/**
 * npm run evaluate -- NAME [--share 1/4] [--out FILE]: judges pictures, one JSON line each, and prints the table.
 * A run that was stopped goes on from its lines; shares run on several machines, their files put together.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { describeSurroundings } from '../bench/describe-machine.ts'
import type { Evaluation } from './evaluation.ts'
import { parseShare, runEvaluation } from './run-evaluation.ts'

const ending = '.evaluation.ts'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))

async function evaluate(name: string, resultsPath: string, share: string): Promise<void> {
  const module: unknown = await import(pathToFileURL(join(import.meta.dirname, `${name}${ending}`)).href)
  // Every *.evaluation.ts exports its evaluation under this name; the compiler cannot follow a path made at run time.
  const { evaluation } = module as { readonly evaluation: Evaluation }
  const surroundings = describeSurroundings()
  console.error(`${name}: ${evaluation.about}`)
  const rows = await runEvaluation(evaluation, {
    resultsPath,
    share: parseShare(share),
    commit: surroundings.commit,
    onRow: (done, total) => {
      console.error(`${done} of ${total}`)
    },
  })
  await evaluation.close?.()
  const commits = [...new Set(rows.map((row) => row['commit']))]
  const summary = evaluation.summarize(rows)
  console.log(
    JSON.stringify({ evaluation: name, ...surroundings, commits, rows: rows.length, ...summary }, undefined, 2),
  )
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1/1' }, out: { type: 'string' } },
})
const [name] = positionals
if (name === undefined || !names.includes(name)) {
  const found = name === undefined ? 'no name' : `"${name}"`
  console.error(
    `evaluate: found ${found}, expected ${names.length === 0 ? 'none yet' : `one of: ${names.join(', ')}`}.`,
  )
  process.exitCode = 2
} else {
  const results = join(import.meta.dirname, '../../results', `${name}.jsonl`)
  await evaluate(name, values.out ?? results, values.share)
}
