import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import type { ImportingFile } from './find-breaches.ts'

/**
 * Reads every import of the rooms' files, types included, and where it leads.
 *
 * @param root    folder of the project (or of a test's stand-in for it)
 * @param folders rooms' parents under it; those that do not exist are left out
 * @throws when a file cannot be parsed
 */
export async function cruiseImports(root: string, folders: readonly string[]): Promise<readonly ImportingFile[]> {
  const present = folders.filter((folder) => existsSync(join(root, folder)))
  if (present.length === 0) return []
  const { output } = await cruise(
    present,
    {
      baseDir: root,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '/generated/' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'types', 'node', 'default'],
        extensions: ['.ts', '.svelte', '.js', '.mjs'],
      },
    },
    {},
  )
  if (typeof output === 'string') throw new Error('imports: dependency-cruiser gave a text, expected its modules.')
  return output.modules
}
