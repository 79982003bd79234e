// node scripts/with-runtime.mjs PROGRAM [PARAMETER ...]: runs a program of this project under the pinned Node,
// in the folder the user was in when they called npm.
import { resolve } from 'node:path'
import { projectRoot } from './project-root.mjs'
import { exitWith, runUnderRuntime } from './run-under-runtime.mjs'

const [program, ...parameters] = process.argv.slice(2)
if (program === undefined) throw new Error('with-runtime: found no program, expected its path as the first parameter.')

await exitWith(() =>
  runUnderRuntime([resolve(projectRoot, program), ...parameters], { cwd: process.env['INIT_CWD'] ?? process.cwd() }),
)
