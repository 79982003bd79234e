import { stat } from 'node:fs/promises'
import { resolveFile } from './checkpoint.ts'
import type { ModelFiles } from './model-files.ts'
import { openModelFolder } from './model-folder.ts'
import { openSingleFile, type SingleFileOptions } from './single-file/open-single-file.ts'

/**
 * Opens a model wherever it lies: a folder in the layout of diffusers, a repository of the Hugging Face cache, or a
 * checkpoint in one file. See `openModelFolder` and `openSingleFile` for the failures.
 */
export const openModel = async (path: string, options: SingleFileOptions = {}): Promise<ModelFiles> => {
  const status = await stat(await resolveFile(path))
  return status.isDirectory() ? openModelFolder(path) : openSingleFile(path, options)
}
