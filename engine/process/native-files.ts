import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { EngineError } from '../contract/failures.ts'

/** Folders with native code, or single files of it, below the folder of packages; paths with `/`. */
export type NativePlaces = Readonly<Record<'worker' | 'media' | 'service', readonly string[]>>

/**
 * What a packaged program was made with: file below the folder of packages → SHA-256, lower-case hex. `null` where the file
 * is signed after it was recorded (macOS): there the system itself refuses a library that another team signed.
 */
export type NativeManifest = Readonly<Record<string, string | null>>

/** Where each process finds the native code of a platform; nothing else of a package is loaded by the system. */
export const nativePlaces = (platform: NodeJS.Platform, arch: string): NativePlaces => ({
  worker: [`onnxruntime-node/bin/napi-v6/${platform}/${arch}`],
  // libvips lies in a package of its own, but on Windows.
  media: [`@img/sharp-${platform}-${arch}/lib`, `@img/sharp-libvips-${platform}-${arch}/lib`].slice(
    0,
    platform === 'win32' ? 1 : 2,
  ),
  service: [`better-sqlite3/prebuilds/${platform}-${arch}.node`],
})

const isNative = (name: string): boolean => /\.(?:node|dll|dylib)$|\.so(?:\.\d+)*$/.test(name)

/** Every native file at some places below `packages`, with `/`, sorted. Places that are not there count as empty. */
export const listNativeFiles = (packages: string, places: readonly string[]): readonly string[] =>
  places.flatMap((place) => listAt(packages, place)).toSorted()

const listAt = (packages: string, place: string): readonly string[] => {
  try {
    if (statSync(join(packages, place)).isFile()) return [place]
    return readdirSync(join(packages, place), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && isNative(entry.name))
      .map((entry) => relative(packages, join(entry.parentPath, entry.name)).split(sep).join('/'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** SHA-256 of a file, lower-case hex. */
export const hashFile = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/**
 * Compares native files with what the program was made with. A file that was changed, taken away or put beside them
 * (where the system would look for libraries) is refused before anything is loaded.
 *
 * @param places those of the process that is about to load them
 * @throws EngineError 'file-unsafe' naming the first file that differs
 */
export function checkNativeFiles(packages: string, places: readonly string[], manifest: NativeManifest): void {
  const isMine = (path: string): boolean => places.some((place) => path === place || path.startsWith(`${place}/`))
  const expected = Object.keys(manifest).filter(isMine)
  const found = listNativeFiles(packages, places)
  if (expected.length === 0) throw unsafe(places.join(', '), 'no recorded native file')
  const strange = found.find((path) => !Object.hasOwn(manifest, path))
  if (strange !== undefined) throw unsafe(strange, 'a file that Attune did not bring')
  const lost = expected.find((path) => !found.includes(path))
  if (lost !== undefined) throw unsafe(lost, 'no such file')
  const changed = expected.find((path) => {
    const hash = manifest[path] ?? null
    return hash !== null && hashFile(join(packages, path)) !== hash
  })
  if (changed !== undefined) throw unsafe(changed, 'other bytes than Attune brought')
}

const unsafe = (path: string, found: string): EngineError =>
  new EngineError('file-unsafe', {
    where: `native code: ${dirname(path)}`,
    found: `${path}: ${found}`,
    expected: 'the files that this version of Attune was made with',
    remedy: 'Install Attune again.',
  })
