import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashFile, listNativeFiles, nativePlaces, type NativeManifest } from '../../engine/process/native-files.ts'

/**
 * Records what native code the program is made with, for one platform: `native-files.json` goes into the archive,
 * the code itself lies outside of it.
 *
 * @param root the project's folder
 * @throws when a package holds no native code for the platform
 */
export function writeNativeManifest(
  root: string,
  dist: string,
  { platform, arch }: { readonly platform: NodeJS.Platform; readonly arch: string },
): NativeManifest {
  const packages = join(root, 'node_modules')
  const places = nativePlaces(platform, arch)
  for (const [name, mine] of Object.entries(places)) {
    if (listNativeFiles(packages, mine).length > 0) continue
    throw new Error(
      `package: found no native code of the ${name} process for ${platform}-${arch} in ${mine.join(', ')}. ` +
        `Run "npm ci" on that platform.`,
    )
  }
  const files = listNativeFiles(packages, Object.values(places).flat())
  const isSignedLater = platform === 'darwin'
  const manifest = Object.fromEntries(
    files.map((path) => [path, isSignedLater ? null : hashFile(join(packages, path))]),
  )
  writeFileSync(join(dist, 'native-files.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
  return manifest
}
