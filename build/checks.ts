import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { cruiseImports } from './cruise-imports.ts'
import { findBadNames, findLongFiles, findMachinePaths, findSilentLint, type SourceFile } from './file-rules.ts'
import { findBreaches } from './find-breaches.ts'
import { longFiles } from './long-files.ts'
import { projectFiles } from './project-files.ts'
import { runTool } from './run-tool.ts'

export interface Check {
  readonly name: string
  /** What is wrong, one line each; nothing when all is well. */
  readonly findFaults: (root: string) => Promise<readonly string[]>
}

const tool =
  (program: string, ...parameters: readonly string[]) =>
  async (root: string): Promise<readonly string[]> => {
    const { code, output } = await runTool(root, program, parameters)
    return code === 0 ? [] : [output === '' ? `${program} ended with ${code}` : output]
  }

/** Texts that people write; recorded data and weights are left out. */
const textEndings = new Set([
  '.ts',
  '.mts',
  '.mjs',
  '.js',
  '.svelte',
  '.css',
  '.json',
  '.md',
  '.yml',
  '.py',
  '.sql',
  '',
])

const readTexts = (root: string): readonly SourceFile[] =>
  projectFiles(root)
    .filter((path) => textEndings.has(extname(path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** The engine knows no browser; tests drive both, so that they have a configuration of their own. */
const types: Check['findFaults'] = async (root) => [
  ...(await tool('typescript/bin/tsc', '--project', 'tsconfig.json')(root)),
  ...(await tool('typescript/bin/tsc', '--project', 'tests/tsconfig.json')(root)),
]

const pageTypes = tool('svelte-check/bin/svelte-check', '--tsconfig=renderer/tsconfig.json', '--threshold=error')

const fileRules: Check['findFaults'] = async (root) => {
  const files = readTexts(root)
  return [
    ...findLongFiles(files, longFiles),
    ...findBadNames(files.map(({ path }) => path)),
    ...findMachinePaths(files),
    ...findSilentLint(files),
  ]
}

/**
 * Everything `npm run check` looks at, in two lanes of about the same length, each run in order.
 * Only unchanged files come from the linter's cache; a fresh clone has none.
 */
export const checks: readonly (readonly Check[])[] = [
  [
    {
      name: 'lint',
      findFaults: tool(
        'eslint/bin/eslint.js',
        ...[
          '.',
          '--max-warnings=0',
          '--cache',
          '--cache-strategy=content',
          '--cache-location=node_modules/.cache/eslint/',
        ],
      ),
    },
  ],
  [
    { name: 'types', findFaults: types },
    { name: 'page', findFaults: pageTypes },
    {
      name: 'imports',
      findFaults: async (root) => findBreaches(await cruiseImports(root, ['engine', 'electron', 'renderer'])),
    },
    { name: 'files', findFaults: fileRules },
    {
      name: 'format',
      findFaults: tool('prettier/bin/prettier.cjs', ...['--check', '--log-level=warn', '--cache', '.']),
    },
  ],
]
