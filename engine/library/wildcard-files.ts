import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { mostWildcardCharacters, wildcardNameSchema, type Wildcard } from '../contract/prompt-records.ts'
import { walkFiles } from '../files/walk-files.ts'
import { writeWhole } from '../files/write-whole.ts'
import { withLibraryFailures } from './library-failure.ts'

/** Lists for `__name__` in prompts: text files below one folder, an entry a line; lines that begin with # are remarks. */
export class WildcardFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Every list whose name a prompt can write, by name. */
  async list(): Promise<Wildcard[]> {
    const lists = await this.entries()
    return [...lists].map(([name, lines]) => ({ name, lines: lines.length, sample: lines.slice(0, 3) }))
  }

  /** The entries of every list, by its name. */
  async entries(): Promise<ReadonlyMap<string, readonly string[]>> {
    const lists = new Map<string, readonly string[]>()
    for (const { name, path } of await this.#names()) lists.set(name, entriesOf(await readFile(path, 'utf8')))
    return lists
  }

  /** @throws EngineError 'not-found' */
  async get(name: string): Promise<string> {
    try {
      return (await readFile(this.#pathOf(name), 'utf8')).replaceAll(/\r\n?/g, '\n')
    } catch (cause) {
      throw new EngineError('not-found', { where: 'wildcards', found: `no list called "${name}"` }, { cause })
    }
  }

  /** @throws EngineError as writing does: 'disk-full', 'file-unwritable' */
  async save(name: string, text: string): Promise<Wildcard> {
    const path = this.#pathOf(name)
    await withLibraryFailures(async () => {
      await mkdir(dirname(path), { recursive: true })
      await writeWhole(path, Buffer.from(text, 'utf8'), { existing: 'replace' })
    })
    const lines = entriesOf(text)
    return { name, lines: lines.length, sample: lines.slice(0, 3) }
  }

  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name)
    await withLibraryFailures(() => rm(path, { force: true }))
  }

  async #names(): Promise<readonly { readonly name: string; readonly path: string }[]> {
    const found: { name: string; path: string }[] = []
    for await (const { path, sizeBytes } of walkFiles(this.#folder, /\.txt$/i)) {
      const name = relative(this.#folder, path).slice(0, -'.txt'.length).split(sep).join('/')
      // A file that no prompt can name, or that is no list, is left alone.
      if (wildcardNameSchema.safeParse(name).success && sizeBytes <= mostWildcardCharacters) found.push({ name, path })
    }
    return found.sort((a, b) => a.name.localeCompare(b.name, 'en'))
  }

  #pathOf(name: string): string {
    return join(this.#folder, ...`${wildcardNameSchema.parse(name)}.txt`.split('/'))
  }
}

const entriesOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
