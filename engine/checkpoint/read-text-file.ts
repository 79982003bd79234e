import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { fileSize, readBytes, resolveFile, withFile } from './checkpoint.ts'
import { parseConfigJson, type RawConfig } from './config/parse-config-json.ts'

/** No vocabulary, index or configuration of a published model comes near this. */
const largestText = 32 * 1024 * 1024

/**
 * A text file of a model folder.
 *
 * @param where  how messages call it, such as `unet/config.json`
 * @throws EngineError 'file-unreadable' | 'file-malformed' (too large, or not UTF-8)
 */
export const readTextFile = async (path: string, where = basename(path)): Promise<string> =>
  withFile(await resolveFile(path), async (handle) => {
    const size = await fileSize(handle, where)
    if (size > largestText) throw malformed(where, `${size} bytes`, `at most ${largestText}`)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(handle, 0, size, where))
    } catch (cause) {
      if (cause instanceof EngineError) throw cause
      throw malformed(where, 'bytes that are not text', 'UTF-8', cause)
    }
  })

/** A JSON file with an object in it, as Python writes it. Errors as `readTextFile`, and 'config-invalid'. */
export const readConfigFile = async (path: string, where = basename(path)): Promise<RawConfig> =>
  parseConfigJson(await readTextFile(path, where), where)

const malformed = (where: string, found: string, expected: string, cause?: unknown): EngineError =>
  new EngineError('file-malformed', { where, found, expected, remedy: 'Download the file again.' }, { cause })
