import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { fileHash } from '../checkpoint/model-hash.ts'
import { hashSchema } from '../contract/scalars.ts'
import { writeWhole } from '../files/write-whole.ts'

const knownSchema = z.record(
  z.string(),
  z.strictObject({ size: z.number(), modifiedMs: z.number(), sha256: hashSchema }),
)
type Known = z.infer<typeof knownSchema>

/** The oldest are forgotten beyond this many. */
const mostFiles = 2000

/** SHA-256 of weights files, worked out once for each state of a file and remembered over restarts. */
export class FileHashes {
  readonly #cacheFile: string
  #known: Promise<Known> | undefined

  /** @param cacheFile  a JSON file; it and its folder are made when they are needed */
  constructor(cacheFile: string) {
    this.#cacheFile = cacheFile
  }

  /**
   * The hash of a file; for several (shards), that of their hashes in order.
   *
   * @throws EngineError 'file-unreadable' | 'cancelled'
   */
  async of(paths: readonly string[], signal: AbortSignal): Promise<string> {
    const hashes: string[] = []
    for (const path of paths) hashes.push(await this.#one(await realpath(path), signal))
    const [first, ...others] = hashes
    return first !== undefined && others.length === 0
      ? first
      : createHash('sha256').update(hashes.join('\n')).digest('hex')
  }

  async #one(path: string, signal: AbortSignal): Promise<string> {
    const { size, mtimeMs: modifiedMs } = await stat(path)
    const known = (await this.#read())[path]
    if (known?.size === size && known.modifiedMs === modifiedMs) return known.sha256
    const sha256 = await fileHash(path, { signal })
    await this.#keep(path, { size, modifiedMs, sha256 })
    return sha256
  }

  #read(): Promise<Known> {
    // A cache that is missing or damaged is begun anew.
    this.#known ??= readFile(this.#cacheFile, 'utf8')
      .then((text) => knownSchema.parse(JSON.parse(text)))
      .catch(() => ({}))
    return this.#known
  }

  async #keep(path: string, entry: Known[string]): Promise<void> {
    const { [path]: _, ...others } = await this.#read()
    const known = Object.fromEntries([...Object.entries(others), [path, entry] as const].slice(-mostFiles))
    this.#known = Promise.resolve(known)
    const text = new TextEncoder().encode(JSON.stringify(known))
    // Where nothing may be written, hashes are worked out again next time.
    await mkdir(dirname(this.#cacheFile), { recursive: true })
      .then(() => writeWhole(this.#cacheFile, text, { existing: 'replace' }))
      .catch(() => undefined)
  }
}
