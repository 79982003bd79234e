import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Paths of the project's own files, from its folder: what git tracks and what it would track.
 *
 * @param root the project's folder
 * @throws when git is missing or the folder is no work tree
 */
export const projectFiles = (root: string): readonly string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
    .split('\0')
    // A file that was deleted but not yet committed is still listed.
    .filter((path) => path !== '' && existsSync(join(root, path)))
