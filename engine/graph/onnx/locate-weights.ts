import { dirname, isAbsolute, relative, sep } from 'node:path'
import { EngineError } from '../../contract/failures.ts'

interface WeightLocations {
  /** The innermost folder that holds every file; undefined without files. */
  readonly folder: string | undefined
  /** A file's path from `folder`, with forward slashes as ONNX has them. */
  readonly of: (file: string) => string
}

/**
 * Where weight files lie, as ONNX says it: one base folder and a path from there for each file. The files of one
 * graph may be anywhere (several networks, shards), as long as they have a folder in common.
 *
 * @param files  absolute paths, symbolic links resolved
 * @throws EngineError 'graph-invalid' when they lie on different drives
 */
export const locateWeights = (files: readonly string[]): WeightLocations => {
  const [first, ...others] = new Set(files)
  if (first === undefined) return { folder: undefined, of: (file) => file }
  const folder = others.reduce((common, file) => commonFolder(common, file), dirname(first))
  return { folder, of: (file) => relative(folder, file).split(sep).join('/') }
}

const commonFolder = (folder: string, file: string): string => {
  if (isInside(folder, file)) return folder
  const parent = dirname(folder)
  if (parent !== folder) return commonFolder(parent, file)
  throw new EngineError('graph-invalid', {
    where: 'encoding',
    found: `weights on different drives: ${folder} and ${file}`,
    expected: 'all weight files of a graph on one drive',
    remedy: 'Move the parts of this model together.',
  })
}

const isInside = (folder: string, file: string): boolean => {
  const path = relative(folder, file)
  return !isAbsolute(path) && path !== '..' && !path.startsWith(`..${sep}`)
}
