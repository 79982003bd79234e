import { basename, relative, sep } from 'node:path'
import type { ModelKind } from '../../contract/model-records.ts'
import type { FoundModel, OwnPrediction } from '../../library/model-store.ts'
import { findModelFiles, type ModelFile } from '../../files/find-model-files.ts'
import { kindByFolder } from '../../library/guess-layout.ts'

/** What a file says it is, in words. */
export interface ModelDescription {
  readonly kind: ModelKind
  readonly family: string | null
  readonly sentence: string
  readonly isUsable: boolean
  /** What a usable model's network predicts by its files, and whether that is only likely. */
  readonly prediction?: OwnPrediction | undefined
}

/** Reads the header of a model file or folder; never throws for a file that makes no sense. */
export type DescribeModel = (path: string) => Promise<ModelDescription>

export interface Scan {
  /** New files and files whose size or time changed. */
  readonly changed: readonly FoundModel[]
  /** Everything that is there. */
  readonly present: ReadonlySet<string>
}

/**
 * Looks for models below a folder, in place: nothing is moved, renamed or written. Diffusers folders count as one model;
 * in a Hugging Face cache these are the snapshots. Only what changed since `known` is opened.
 */
export const scanModels = async (
  root: string,
  known: ReadonlyMap<string, { readonly sizeBytes: number; readonly modifiedMs: number }>,
  describeModel: DescribeModel,
): Promise<Scan> => {
  const candidates = await findModelFiles(root)
  const present = new Set<string>()
  const changed: FoundModel[] = []
  for (const candidate of candidates) {
    const path = relative(root, candidate.path).split(sep).join('/')
    if (path.length > 1024 || hasControlCharacters(path)) continue
    present.add(path)
    const { sizeBytes, modifiedMs } = candidate
    const before = known.get(path)
    if (before?.sizeBytes === sizeBytes && before.modifiedMs === modifiedMs) continue
    const description = await describeCandidate(candidate, path, describeModel)
    changed.push({ path, name: nameOf(path, root), sizeBytes, modifiedMs, ...description, prediction: description.prediction ?? null })
  }
  return { changed, present }
}

const describeCandidate = async (
  candidate: ModelFile,
  path: string,
  describeModel: DescribeModel,
): Promise<ModelDescription> => {
  const description = await describeModel(candidate.path).catch((error: unknown) => unreadable(error))
  const kind = description.kind === 'unknown' ? kindByFolder(path) : description.kind
  return { ...description, kind, sentence: oneLine(description.sentence, 2000) }
}

const unreadable = (error: unknown): ModelDescription => ({
  kind: 'unknown',
  family: null,
  sentence: `Cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  isUsable: false,
})

/** `models--org--name/snapshots/<sha>` is called `org/name`; others by their own name. */
const nameOf = (path: string, root: string): string => {
  const cached = /models--([^/]+)--([^/]+)\/snapshots\//.exec(`${path}/`)
  if (cached !== null) return oneLine(`${cached[1] ?? ''}/${cached[2] ?? ''}`, 512)
  return oneLine(basename(path === '' ? root : path), 512)
}

const oneLine = (text: string, limit: number): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, limit)

const hasControlCharacters = (text: string): boolean => oneLine(text, text.length) !== text

