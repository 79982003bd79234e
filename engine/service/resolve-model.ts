import { stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { Library } from '../library/library.ts'
import { walkFiles } from '../files/walk-files.ts'
import type { ResolvedModel } from './worker-maker.ts'

const weights = /\.safetensors$/i

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
  if (id === undefined || id === 'starter') return describe(bundledPath, null)
  if (!/^[1-9][0-9]{0,14}$/.test(id)) {
    throw new EngineError('not-found', { where: 'model', found: 'no model of that id', expected: 'an id of the list' })
  }
  const row = library.models.get(Number(id))
  const folder = library.models.folders().find((candidate) => candidate.id === row.folderId)
  if (folder === undefined || row.isMissing) {
    throw new EngineError('not-found', {
      where: 'model',
      found: `${row.name} is not there any more`,
      remedy: 'Connect its disk or choose another model.',
    })
  }
  if (!row.isUsable) throw new EngineError('model-unsupported', { where: row.name, found: row.sentence })
  return describe(isAbsolute(row.path) ? row.path : join(folder.path, row.path), row.hash)
}

const describe = async (path: string, hash: string | null): Promise<ResolvedModel> => {
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined) throw new EngineError('not-found', { where: 'model', found: 'its files are gone', path })
  if (facts.isFile()) return { path, hash, sizeBytes: facts.size }
  let sizeBytes = 0
  for await (const file of walkFiles(path, weights)) sizeBytes += file.sizeBytes
  return { path, hash, sizeBytes }
}
