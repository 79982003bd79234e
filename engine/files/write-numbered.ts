import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { Content } from './file-system.ts'
import { writeWhole } from './write-whole.ts'
import type { WriteOptions } from './write-whole.ts'
import { writeFailure } from './write-failure.ts'

export interface NumberedName {
  /** Must exist. */
  readonly folder: string
  /** What comes before the number, such as `attune`. Without path separators. */
  readonly stem: string
  /** With its dot, such as `.png`. */
  readonly extension: string
}

/**
 * Writes a file under the first free number of its series, `stem-00001.png`, `stem-00002.png`, ...; counting goes on
 * from the highest number in the folder, so that a deleted file's name is not used again while later ones are there.
 * Processes that write to the same folder at the same time get different numbers.
 *
 * @returns the path of the file
 * @throws EngineError as `writeWhole`
 */
export const writeNumbered = async (
  name: NumberedName,
  content: Uint8Array,
  options: Omit<WriteOptions, 'existing'> = {},
): Promise<string> => {
  for (let number = (await highestNumber(name)) + 1; ; number++) {
    const path = numberedPath(name, number)
    if (await isWritten(path, content, options)) return path
  }
}

const isWritten = async (path: string, content: Content, options: WriteOptions): Promise<boolean> => {
  try {
    await writeWhole(path, content, options)
    return true
  } catch (error) {
    if (error instanceof EngineError && error.code === 'conflict') return false
    throw error
  }
}

const digits = 5

const numberedPath = ({ folder, stem, extension }: NumberedName, number: number): string =>
  join(folder, `${stem}-${String(number).padStart(digits, '0')}${extension}`)

const highestNumber = async ({ folder, stem, extension }: NumberedName): Promise<number> => {
  const names = await readdir(folder).catch((error: unknown) => {
    throw writeFailure(join(folder, stem), error)
  })
  const numbers = names
    .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(extension))
    .map((name) => name.slice(stem.length + 1, name.length - extension.length))
    .filter((middle) => /^[0-9]{5,15}$/.test(middle))
  return numbers.reduce((highest, number) => Math.max(highest, Number(number)), 0)
}
