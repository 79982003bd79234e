// npm start
import { join } from 'node:path'
import { projectRoot } from './project-root.mjs'
import { exitWith, runUnderRuntime } from './run-under-runtime.mjs'

/** What `npm start` opens. */
const entry = 'build/start-studio.ts'

await exitWith(() => runUnderRuntime([join(projectRoot, entry), ...process.argv.slice(2)]))
