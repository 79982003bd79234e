import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { EngineError } from '../../contract/failures.ts'
import { findModelFiles, type ModelFile } from '../../files/find-model-files.ts'
import { cleanLine } from '../../image/metadata/clean-text.ts'
import type { CommandContext } from '../command.ts'
import { knownFolders } from '../known-folders.ts'
import { parseOptions } from '../parse-options.ts'
import { starterModelPath } from '../starter-model.ts'
import { workerLink } from '../worker-link.ts'
import { formatBytes } from './format-bytes.ts'

/** `attune models list [FOLDER …]`: one line for each model file. */
export const listModels = async (args: readonly string[], { output, signal }: CommandContext): Promise<void> => {
  const { values, positionals } = parseOptions('models list', args, {
    library: { type: 'string' },
    json: { type: 'boolean' },
  })
  const folders =
    positionals.length > 0
      ? positionals.map((path) => resolve(path))
      : [starterModelPath(), ...(await knownFolders(output, values.library)).models]
  for (const folder of folders) await expectFolder(folder)
  const worker = workerLink((text) => void process.stderr.write(text))
  try {
    for (const folder of folders) {
      const files = await findModelFiles(folder)
      if (files.length === 0) output.warning(`There are no model files in ${folder}.`, { folder })
      for (const file of files) {
        const described = await worker.call('describeModel', { path: file.path }, { signal })
        output.result(lineOf(file, described.sentence), { path: file.path, sizeBytes: file.sizeBytes, ...described })
      }
    }
  } finally {
    await worker.close()
  }
}

/** Names and header texts are strangers' and may hold a terminal's control characters. */
const lineOf = ({ path, sizeBytes }: ModelFile, sentence: string): string =>
  `${cleanLine(path, 4096)}  (${formatBytes(sizeBytes)})  ${cleanLine(sentence, 500)}`

const expectFolder = async (path: string): Promise<void> => {
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isDirectory() === true) return
  throw new EngineError('bad-argument', {
    where: 'attune models list',
    found: facts === undefined ? `nothing at ${path}` : `${path}, which is a file`,
    expected: 'a folder',
    remedy: facts === undefined ? 'Check that its disk is connected.' : 'attune models check says what a file is.',
  })
}
