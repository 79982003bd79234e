import { opendir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface WalkedFile {
  /** Below the folder walked; links in it are not resolved. */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

const deepest = 32

/**
 * Every file below a folder whose name matches, links followed once: a folder that was walked already, under whatever
 * name, is not walked again. What cannot be read is passed over.
 */
export async function* walkFiles(root: string, names: RegExp): AsyncGenerator<WalkedFile> {
  yield* walk(root, names, new Set(), 0)
}

async function* walk(folder: string, names: RegExp, seen: Set<string>, depth: number): AsyncGenerator<WalkedFile> {
  const real = await realpath(folder).catch(() => undefined)
  if (real === undefined || seen.has(real) || depth > deepest) return
  seen.add(real)
  const entries = await opendir(folder).catch(() => undefined)
  if (entries === undefined) return
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    const facts = await stat(path).catch(() => undefined)
    if (facts === undefined) continue
    if (facts.isDirectory()) yield* walk(path, names, seen, depth + 1)
    else if (facts.isFile() && names.test(entry.name)) {
      yield { path, sizeBytes: facts.size, modifiedMs: Math.round(facts.mtimeMs) }
    }
  }
}
