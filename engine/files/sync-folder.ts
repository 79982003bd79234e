import { open } from 'node:fs/promises'

/** Makes the names in a folder durable. Windows cannot open folders and journals names by itself. */
export const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
