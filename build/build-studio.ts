import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
export const studioFolder = join(root, 'dist', 'studio')

/** When a file of a folder was changed last, ms since 1970. */
export const newestOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(folder, path)).mtimeMs)
    .reduce((latest, time) => Math.max(latest, time), 0)

/** Builds the page when its sources are newer than what is built. @returns the folder to be served */
export async function buildStudio(): Promise<string> {
  const page = join(studioFolder, 'index.html')
  const sources = Math.max(newestOf(join(root, 'renderer')), newestOf(join(root, 'engine', 'contract')))
  if (!existsSync(page) || statSync(page).mtimeMs < sources) {
    // Loading Vite takes longer than everything else that a start needs.
    const { build } = await import('vite')
    await build({ configFile: join(root, 'build', 'studio.vite.config.ts'), logLevel: 'error' })
  }
  return studioFolder
}
