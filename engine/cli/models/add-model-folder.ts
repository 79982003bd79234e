import { realpath, stat } from 'node:fs/promises'
import { EngineError } from '../../contract/failures.ts'
import { defaultLibraryRoot, migrationsFolder } from '../../library/default-library-root.ts'
import { guessLayout } from '../../library/guess-layout.ts'
import { Library } from '../../library/library.ts'
import type { CommandContext } from '../command.ts'
import { parseOptions } from '../parse-options.ts'
import { onePath } from './one-path.ts'

/** `attune models add FOLDER`: the library knows it from now on; nothing in it is copied or changed. */
export const addModelFolder = async (args: readonly string[], { output }: CommandContext): Promise<void> => {
  const { values, positionals } = parseOptions('models add', args, {
    library: { type: 'string' },
    json: { type: 'boolean' },
  })
  const folder = await realFolder(onePath('add', 'folder', positionals))
  const layout = await guessLayout(folder)
  const root = values.library ?? defaultLibraryRoot()
  const library = await Library.open({ root, migrationsFolder: migrationsFolder(), nowMs: Date.now() })
  try {
    library.models.addFolder(folder, layout, Date.now())
  } finally {
    library.close()
  }
  output.result(`${folder} is known now. attune models list shows what is in it.`, { path: folder, layout })
}

const realFolder = async (path: string): Promise<string> => {
  const facts = await stat(path).catch(() => undefined)
  if (facts?.isDirectory() === true) return realpath(path)
  throw new EngineError('bad-argument', {
    where: 'attune models add',
    found: facts === undefined ? `nothing at ${path}` : `${path}, which is a file`,
    expected: 'a folder',
    remedy: facts === undefined ? 'Check that its disk is connected.' : 'Add the folder that it lies in.',
  })
}
