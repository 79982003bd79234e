import { basename, isAbsolute, join } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import type { ModelKind, ModelRow } from '../../contract/model-records.ts'
import type { LoraUse, PredictionKind, Recipe, UsedFile } from '../../contract/records.ts'
import type { Library } from '../../library/library.ts'
import type { LoraOnDisk } from '../../worker/protocol/model-options.ts'
import { resolveModel, resolveVae } from '../resolve-model.ts'

/** The files that a picture was drawn with, where they lie now. */
export interface FilesOfPicture {
  readonly modelPath: string
  readonly vaePath?: string
  readonly prediction?: PredictionKind
  readonly loras: readonly LoraOnDisk[]
}

/**
 * Finds what a picture was drawn with: the model and LoRAs that its job named by id, and whatever its recipe names, by the
 * files' hashes where they are known, else by their names. Nothing is left out or put in place of something else: a
 * measurement without them would judge another model.
 *
 * @throws EngineError 'not-found' with the file that is not there
 */
export const filesOfPicture = async (
  library: Library,
  bundledPath: string,
  { imageId, recipe }: { readonly imageId: number; readonly recipe: Recipe },
): Promise<FilesOfPicture> => {
  const { jobId } = library.images.summary(imageId)
  const request = jobId === null ? undefined : library.jobs.get(jobId).request
  const rows = library.models.list()
  const folders = new Map(library.models.folders().map(({ id, path }) => [id, path]))
  const pathOf = ({ path, folderId }: ModelRow): string =>
    isAbsolute(path) ? path : join(folders.get(folderId) ?? '', path)
  const findFile = (kind: ModelKind, used: UsedFile, preferred: readonly LoraUse[] = []): string => {
    const named = new Set(preferred.map(({ id }) => id))
    const there = rows.filter((row) => row.kind === kind && !row.isMissing)
    const first = [...there.filter(({ id }) => named.has(String(id))), ...there]
    const found = withHash(first, used) ?? first.find(({ path }) => basename(path) === used.name)
    if (found === undefined) throw isGone(used.name)
    return pathOf(found)
  }
  const model = request?.model ?? modelOfRecipe(rows, bundledPath, recipe)
  return {
    modelPath: (await resolveModel(library, bundledPath, model)).path,
    ...(recipe.vae !== undefined && {
      vaePath: request?.vae === undefined ? findFile('vae', recipe.vae) : resolveVae(library, request.vae),
    }),
    ...(recipe.prediction !== undefined && { prediction: recipe.prediction }),
    loras: recipe.loras.map(({ strength, textStrength, ...file }) => {
      return { path: findFile('lora', file, request?.loras), strength, textStrength }
    }),
  }
}

/** The id of the model that a recipe names; whatever is the default by now has nothing to do with it. */
const modelOfRecipe = (rows: readonly ModelRow[], bundledPath: string, { model }: Recipe): string => {
  const usable = rows.filter(({ isUsable, isMissing }) => isUsable && !isMissing)
  const byHash = withHash(usable, model)
  if (byHash !== undefined) return String(byHash.id)
  if (model.name === basename(bundledPath)) return 'starter'
  const byName = usable.find(({ name }) => name === model.name)
  if (byName !== undefined) return String(byName.id)
  throw isGone(model.name)
}

const withHash = (rows: readonly ModelRow[], { hash }: UsedFile): ModelRow | undefined =>
  hash === null ? undefined : rows.find((row) => row.hash === hash)

const isGone = (name: string): EngineError =>
  new EngineError('not-found', {
    where: 'measuring',
    found: `${name}, which the picture was drawn with, is not there any more`,
    remedy: 'Connect its disk or add its folder.',
  })
