import { join } from 'node:path'
import { buildStudio } from '../build-studio.ts'
import { bundleEngine, bundleShell } from './bundle-engine.ts'
import { drawIcons } from './draw-icons.ts'
import { writeNativeManifest } from './write-native-manifest.ts'

const projectRoot = join(import.meta.dirname, '../..')

/**
 * Makes everything that the desktop program consists of but Electron itself: page, shell, engine, icons, and the record of
 * its native code.
 *
 * @returns the folder of the bundles
 */
export async function packageDesktop(root: string = projectRoot): Promise<string> {
  await buildStudio()
  await bundleEngine(root)
  await bundleShell(root)
  await drawIcons(root)
  writeNativeManifest(root, process.platform, process.arch)
  return join(root, 'dist')
}
