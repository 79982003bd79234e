import { stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { ModelRow } from '../contract/model-records.ts'
import type { Library } from '../library/library.ts'
import type { ModelPlaces, ResolvedModel } from './worker-maker.ts'

/**
 * Finds the model that a request names by its id in the library; none named means the default, then the bundled one.
 * Paths are never taken from a request.
 *
 * @throws EngineError 'not-found'
 */
export const resolveModel = async (
  library: Library,
  bundledPath: string,
  model: string | undefined,
): Promise<ResolvedModel> => {
  const id = model ?? library.settings.all()['models.default'] ?? undefined
  if (id === undefined || id === 'starter') return describe(bundledPath, null, null)
  const { path, row } = findRow(library, id, 'model')
  return describe(path, row.hash, row.prediction?.chosen ?? null)
}

/**
 * The path of the LoRA that a request names by its id in the library. Paths are never taken from a request.
 *
 * @throws EngineError 'not-found'; 'format-unsupported' for a file that is no LoRA, or one that Attune cannot use
 */
export const resolveLora = (library: Library, id: string): string => {
  const { path, row } = findRow(library, id, 'LoRA')
  if (row.kind === 'lora') return path
  throw new EngineError('format-unsupported', { where: row.name, found: row.sentence, expected: 'a LoRA' })
}

/**
 * The path of the VAE that a request names by its id in the library. Whether its latents are the model's is for whoever opens
 * both to say.
 *
 * @throws EngineError 'not-found'; 'format-unsupported' for a file that is no VAE
 */
export const resolveVae = (library: Library, id: string): string => {
  const { path, row } = findFile(library, id, 'VAE')
  if (row.kind === 'vae') return path
  throw new EngineError('format-unsupported', { where: row.name, found: row.sentence, expected: 'a VAE' })
}

/** Where the files lie that prompts may name. */
export const modelPlaces = (library: Library): ModelPlaces => {
  const folders = new Map(library.models.folders().map(({ id, path }) => [id, path]))
  const embeddings = library.models
    .list()
    .filter(({ kind, isMissing }) => kind === 'embedding' && !isMissing)
    .map(({ folderId, path }) => join(folders.get(folderId) ?? '', path))
  return {
    folders: [...folders.values()],
    embeddings: embeddings.slice(0, mostEmbeddings),
    measurements: library.folders.measurements,
  }
}

/** As many as a call to the worker takes. */
const mostEmbeddings = 10_000

interface FoundRow {
  readonly row: ModelRow
  /** Of the file or folder. */
  readonly path: string
}

/** As `findFile`, of what can be used. @throws EngineError 'not-found' | 'model-unsupported' */
const findRow = (library: Library, id: string, where: string): FoundRow => {
  const found = findFile(library, id, where)
  if (found.row.isUsable) return found
  throw new EngineError('model-unsupported', { where: found.row.name, found: found.row.sentence })
}

const findFile = (library: Library, id: string, where: string): FoundRow => {
  if (!/^[1-9][0-9]{0,14}$/.test(id)) {
    throw new EngineError('not-found', { where, found: `no ${where} of that id`, expected: 'an id of the list' })
  }
  const row = library.models.get(Number(id))
  const folder = library.models.folders().find((candidate) => candidate.id === row.folderId)
  if (folder === undefined || row.isMissing) {
    throw new EngineError('not-found', {
      where,
      found: `${row.name} is not there any more`,
      remedy: `Connect its disk or choose another ${where}.`,
    })
  }
  return { row, path: isAbsolute(row.path) ? row.path : join(folder.path, row.path) }
}

const describe = async (
  path: string,
  hash: string | null,
  prediction: ResolvedModel['prediction'],
): Promise<ResolvedModel> => {
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined) throw new EngineError('not-found', { where: 'model', found: 'its files are gone', path })
  return { path, hash, prediction }
}
