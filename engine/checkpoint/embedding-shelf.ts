import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { walkFiles, type WalkedFile } from '../files/walk-files.ts'
import { openCheckpoint } from './checkpoint.ts'
import { findVectors } from './open-embedding.ts'

/** An embedding file by its header. */
export interface FoundEmbedding {
  readonly path: string
  /** The file's name without ending, and the token written into it, if any. */
  readonly names: readonly string[]
  readonly vectors: number
  /** Width for each text encoder that it was made for. */
  readonly widths: readonly number[]
}

/** What lies in the folders. */
export interface FoundEmbeddings {
  readonly embeddings: readonly FoundEmbedding[]
  /** Names of files that only a program for pickles could read. */
  readonly pickles: readonly string[]
}

const weights = /\.(safetensors|pt|bin)$/i
/** 75 vectors for both encoders of SDXL are below 1 MB; what is larger is a model. */
const largestBytes = 20e6

/** Finds embedding files and remembers their headers; a file that changed is read again. */
export class EmbeddingShelf {
  readonly #known = new Map<string, { readonly stamp: string; readonly embedding: FoundEmbedding | undefined }>()

  /** @param places  folders, with everything below them, and single files */
  async find(places: readonly string[]): Promise<FoundEmbeddings> {
    const embeddings: FoundEmbedding[] = []
    const pickles: string[] = []
    for await (const file of walkPlaces(places)) {
      if (file.sizeBytes > largestBytes) continue
      if (!/\.safetensors$/i.test(file.path)) pickles.push(stemOf(file.path))
      else embeddings.push(...(await this.#read(file)))
    }
    return { embeddings, pickles }
  }

  async #read({ path, sizeBytes, modifiedMs }: WalkedFile): Promise<readonly FoundEmbedding[]> {
    const stamp = `${sizeBytes} ${modifiedMs}`
    const known = this.#known.get(path)
    const embedding = known?.stamp === stamp ? known.embedding : await describeEmbedding(path)
    this.#known.set(path, { stamp, embedding })
    return embedding === undefined ? [] : [embedding]
  }
}

async function* walkPlaces(places: readonly string[]): AsyncGenerator<WalkedFile> {
  for (const place of places) {
    const facts = await stat(place).catch(() => undefined)
    if (facts?.isFile() === true) {
      yield { path: place, sizeBytes: facts.size, modifiedMs: Math.round(facts.mtimeMs) }
    } else yield* walkFiles(place, weights)
  }
}

/** Undefined for a file that is damaged or no embedding: a folder of embeddings may hold anything. */
const describeEmbedding = async (path: string): Promise<FoundEmbedding | undefined> => {
  const found = await openCheckpoint(path).then(findVectors, () => undefined)
  if (found === undefined) return undefined
  const { entries, token } = found
  const [first] = entries
  return {
    path,
    names: token === null ? [stemOf(path)] : [stemOf(path), token],
    vectors: first?.shape.length === 2 ? (first.shape[0] ?? 1) : 1,
    widths: entries.map(({ shape }) => shape.at(-1) ?? 0),
  }
}

const stemOf = (path: string): string => basename(path).replace(weights, '')
