import { basename, dirname, sep } from 'node:path'
import { walkFiles } from './walk-files.ts'

/** A file that is, or looks like, a model, or a folder in the layout of diffusers. */
export interface ModelFile {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly isFolder: boolean
}

/** `.onnx` is not among them: foreign graphs are never loaded. */
const modelFile = /(\.(safetensors|ckpt|pt|pth|bin|gguf)|(^|[\\/])model_index\.json)$/i

/**
 * Everything below a folder that is or looks like a model, by path. A folder with `model_index.json` counts as one, with
 * the size of all its weights, and nothing in it counts by itself.
 */
export const findModelFiles = async (root: string): Promise<ModelFile[]> => {
  const files: ModelFile[] = []
  const folders = new Map<string, ModelFile>()
  for await (const file of walkFiles(root, modelFile)) {
    if (basename(file.path).toLowerCase() === 'model_index.json') {
      const path = dirname(file.path)
      folders.set(path, { ...file, path, isFolder: true })
    } else files.push({ ...file, isFolder: false })
  }
  const isInFolder = (path: string): boolean => ancestors(path, root).some((ancestor) => folders.has(ancestor))
  const sized = [...folders.values()].map((folder) => ({
    ...folder,
    sizeBytes: files.filter(({ path }) => path.startsWith(folder.path + sep)).reduce((sum, file) => sum + file.sizeBytes, 0), // prettier-ignore
  }))
  return [...sized, ...files.filter(({ path }) => !isInFolder(path))].sort((a, b) => (a.path < b.path ? -1 : 1))
}

const ancestors = (path: string, root: string): string[] => {
  const found: string[] = []
  for (let folder = dirname(path); folder.length >= root.length; folder = dirname(folder)) {
    found.push(folder)
    if (folder === dirname(folder)) break
  }
  return found
}
