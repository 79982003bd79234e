// npm run check: types, lint, import walls, sizes, names, format.
import { join } from 'node:path'
import { projectRoot } from './project-root.mjs'
import { exitWith, runUnderRuntime } from './run-under-runtime.mjs'

await exitWith(() =>
  runUnderRuntime([join(projectRoot, 'build', 'check.ts'), ...process.argv.slice(2)], { cwd: projectRoot }),
)
