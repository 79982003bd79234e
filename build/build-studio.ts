import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
export const studioFolder = join(root, 'dist', 'studio')

/** When a file of a folder was changed last, ms since 1970. */
export const newestOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(folder, path)).mtimeMs)
    .reduce((latest, time) => Math.max(latest, time), 0)

function isFresh(): boolean {
  const page = join(studioFolder, 'index.html')
  const sources = Math.max(newestOf(join(root, 'renderer')), newestOf(join(root, 'engine', 'contract')))
  // Another process may exchange it meanwhile.
  return (statSync(page, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= sources
}

/**
 * Builds the page when its sources are newer than what is built. Whoever serves the page meanwhile, and whoever builds it
 * at the same time, always finds a whole one.
 *
 * @returns the folder to be served
 */
export async function buildStudio(): Promise<string> {
  if (isFresh()) return studioFolder
  // Loading Vite takes longer than everything else that a start needs.
  const { build } = await import('vite')
  const outDir = `${studioFolder}.${process.pid}`
  try {
    await build({ configFile: join(root, 'build', 'studio.vite.config.ts'), logLevel: 'error', build: { outDir } })
    if (!isFresh()) exchange(outDir)
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
  return studioFolder
}

/** Puts a page that was built in the place of the last one. */
function exchange(folder: string): void {
  const last = `${folder}.last`
  try {
    if (existsSync(studioFolder)) renameSync(studioFolder, last)
    renameSync(folder, studioFolder)
  } catch (error) {
    // Another process was quicker between the two.
    if (!isFresh()) throw error
  }
  rmSync(last, { recursive: true, force: true })
}
