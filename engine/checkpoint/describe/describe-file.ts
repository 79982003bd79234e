import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import { openCheckpoint, resolveFile } from '../checkpoint.ts'
import { isInpainting } from '../model-files.ts'
import { openModelFolder } from '../model-folder.ts'
import { detectFamily } from '../single-file/detect-family.ts'
import { findPrediction } from '../single-file/prediction-type.ts'
import { describeHeader } from './describe-header.ts'
import type { FileDescription } from './file-description.ts'

/**
 * Says what a file or folder is, whatever it is: nothing but the header is read, nothing of it is run.
 *
 * @throws EngineError 'file-unreadable' when it cannot be read at all
 */
export const describeFile = async (path: string): Promise<FileDescription> => {
  const isFolder = (await stat(await resolveFile(path))).isDirectory()
  try {
    return isFolder ? await describeFolder(path) : await describeOneFile(path)
  } catch (error) {
    if (error instanceof EngineError && error.code !== 'file-unreadable') return describeFailure(path, error)
    throw error
  }
}

const describeOneFile = async (path: string): Promise<FileDescription> => {
  const checkpoint = await openCheckpoint(path)
  const description = describeHeader(checkpoint)
  const family = description.code === 'checkpoint' && description.isUsable ? detectFamily(checkpoint) : undefined
  if (family === undefined) return description
  const { prediction: own, isAssumed } = await findPrediction(checkpoint, family)
  return { ...description, prediction: { own, isAssumed } }
}

const describeFolder = async (path: string): Promise<FileDescription> => {
  const model = await openModelFolder(path)
  const family = model.family === 'custom' ? null : model.family
  const { own, isAssumed } = model.prediction
  return { code: 'folder', family, isUsable: true, isInpainting: isInpainting(model), prediction: { own, isAssumed } }
}

const describeFailure = (path: string, { code, facts }: EngineError): FileDescription => {
  const nothing = { family: null, isUsable: false } as const
  const format = typeof facts['format'] === 'string' ? facts['format'] : undefined
  const pickle = format === undefined ? undefined : pickleNames.get(format)
  if (pickle !== undefined) return { ...nothing, code: 'pickle', name: pickle }
  if (format !== undefined) return { ...nothing, code: 'foreign-format', name: facts.found }
  if (code === 'model-unsupported') return { ...nothing, code: 'foreign-model', name: facts.found }
  if (code === 'model-incomplete') return { ...nothing, code: 'incomplete', detail: facts.found }
  const where = facts.where === basename(path) ? '' : `${facts.where}: `
  const expected = facts.expected === undefined ? '' : `, expected ${facts.expected}`
  return { ...nothing, code: 'damaged', detail: `${where}${facts.found}${expected}` }
}

const pickleNames: ReadonlyMap<string, string> = new Map([
  ['pickle', 'a Python pickle'],
  ['pickle-zip', 'a Python pickle in a zip archive, as PyTorch writes it'],
  ['broken-zip', 'a broken zip archive, as PyTorch writes its pickles'],
])
