import { join } from 'node:path'
import { defaultLibraryRoot } from '../library/default-library-root.ts'
import { readModelFolders } from '../library/read-model-folders.ts'
import type { Output } from './output.ts'

/** What the user's library knows about models. */
export interface KnownFolders {
  /** Folders that were added to it, in this order. */
  readonly models: readonly string[]
  /** Where measurements of models in read-only folders are kept. */
  readonly measurements: string
}

/** Reads the model folders of a library; one that cannot be read counts as empty, and that is said. */
export const knownFolders = async (output: Output, root = defaultLibraryRoot()): Promise<KnownFolders> => {
  const measurements = join(root, 'measurements')
  try {
    return { models: (await readModelFolders(root)).map(({ path }) => path), measurements }
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    output.warning(`The library's model folders cannot be read: ${found}`, { library: root })
    return { models: [], measurements }
  }
}
