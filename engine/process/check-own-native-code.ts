import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checkNativeFiles, nativePlaces, type NativePlaces, type NativeManifest } from './native-files.ts'
import { unpackedPath } from './unpacked-path.ts'

/**
 * To be called by a bundled process before it loads native code: the record lies in the archive, whose integrity Electron
 * checks itself; the code lies outside of it.
 *
 * @param here address of the bundle, in `dist/engine`
 * @throws EngineError 'file-unsafe'
 */
export function checkOwnNativeCode(name: keyof NativePlaces, here: string): void {
  const manifest = JSON.parse(
    readFileSync(fileURLToPath(new URL('../native-files.json', here)), 'utf8'),
  ) as NativeManifest // written by our own build
  const packages = unpackedPath(fileURLToPath(new URL('../../node_modules', here)))
  checkNativeFiles(packages, nativePlaces(process.platform, process.arch)[name], manifest)
}
