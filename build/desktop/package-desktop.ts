import { cpSync, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildStudio, newestOf } from '../build-studio.ts'
import { bundleEngine, bundleShell } from './bundle-engine.ts'
import { drawIcons } from './draw-icons.ts'
import { writeNativeManifest } from './write-native-manifest.ts'

const projectRoot = join(import.meta.dirname, '../..')

/**
 * Makes everything that the desktop program consists of but Electron itself: page, shell, engine, icons, and the record of
 * its native code.
 *
 * @param folder directly below the project's: the bundles find migrations and models beside it
 * @returns      the folder of the bundles
 */
export async function packageDesktop(folder = 'dist', root: string = projectRoot): Promise<string> {
  const dist = join(root, folder)
  const studio = await buildStudio()
  if (folder !== 'dist') cpSync(studio, join(dist, 'studio'), { recursive: true })
  await bundleEngine(root, dist)
  await bundleShell(root, dist)
  await drawIcons(root, dist)
  writeNativeManifest(root, dist, process)
  return dist
}

/** The same, unless nothing has changed since it was done last. */
export async function packageWhenOlder(root: string = projectRoot): Promise<void> {
  const last = join(root, 'dist', 'native-files.json')
  const rooms = ['engine', 'electron', 'renderer', join('build', 'desktop')].map((room) => join(root, room))
  const changed = Math.max(statSync(join(root, 'package-lock.json')).mtimeMs, ...rooms.map(newestOf))
  if (!existsSync(last) || statSync(last).mtimeMs < changed) await packageDesktop('dist', root)
}
