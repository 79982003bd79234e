import { basename } from 'node:path'
import { walkFiles } from '../../files/walk-files.ts'
import { openCheckpoint } from '../checkpoint.ts'

const weights = /\.(safetensors|pt|ckpt|bin)$/i
const isPickle = (path: string): boolean => !/\.safetensors$/i.test(path)

/**
 * The LoRA file that a prompt calls `name`: by its name without ending, in the same letters or in other case, else by the
 * name that its trainer wrote into it (`ss_output_name`), as A1111 has it. A pickle is found as well, so that opening it
 * says why it cannot be used; a safetensors file of the same name is preferred.
 *
 * @param folders  searched in this order, with everything below them
 * @returns undefined when there is none
 */
export const findLora = async (name: string, folders: readonly string[]): Promise<string | undefined> => {
  const paths: string[] = []
  for (const folder of folders) {
    const found: string[] = []
    for await (const { path } of walkFiles(folder, weights)) found.push(path)
    paths.push(...found.sort())
  }
  const files = [...paths.filter((path) => !isPickle(path)), ...paths.filter(isPickle)]
  const sought = name.toLowerCase()
  return (
    files.find((path) => stemOf(path) === name) ??
    files.find((path) => stemOf(path).toLowerCase() === sought) ??
    (await findByTrainersName(name, files))
  )
}

const stemOf = (path: string): string => basename(path).replace(weights, '')

const findByTrainersName = async (name: string, paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) {
    if (isPickle(path)) continue
    // a damaged file has no name; it is refused when it is chosen itself
    const metadata = await openCheckpoint(path).then(
      (checkpoint) => checkpoint.metadata,
      () => undefined,
    )
    if (metadata?.get('ss_output_name') === name) return path
  }
  return undefined
}
