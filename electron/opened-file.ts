import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { ShellFile } from '../engine/contract/shell-bridge.ts'

const endings: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.webp'])
const mostBytes = 180_000_000

/** The first picture among the words of a command line; `undefined` when there is none. */
export const findFile = (words: readonly string[]): string | undefined =>
  words.slice(1).find((word) => !word.startsWith('-') && endings.has(extname(word).toLowerCase()))

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
