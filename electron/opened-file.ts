import { readFile, stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ShellFile } from '../engine/contract/shell-bridge.ts'

const endings: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.webp'])
const mostBytes = 180_000_000

/**
 * The first picture among the words of a command line, as a whole path; `undefined` when there is none.
 *
 * @param folder in which the command was given
 */
export function findFile(words: readonly string[], folder: string): string | undefined {
  const paths = words
    .slice(1)
    .filter((word) => !word.startsWith('-'))
    .map(toPath)
  const found = paths.find((path) => path !== undefined && endings.has(extname(path).toLowerCase()))
  return found === undefined ? undefined : resolve(folder, found)
}

/** Linux hands over addresses (`file:///home/...`). */
const toPath = (word: string): string | undefined => {
  if (!word.startsWith('file:')) return word
  try {
    return fileURLToPath(word)
  } catch {
    return undefined
  }
}

/** Reads a picture that the system asked to open; `null` when it is none, too large or gone. The page never sees its path. */
export async function readOpenedFile(path: string): Promise<ShellFile | null> {
  if (!endings.has(extname(path).toLowerCase())) return null
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > mostBytes) return null
    return { name: basename(path), bytes: new Uint8Array(await readFile(path)) }
  } catch {
    return null
  }
}
