import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkNativeFiles, hashFile, listNativeFiles, nativePlaces } from '../../../engine/process/native-files.ts'
import { unpackedPath } from '../../../engine/process/unpacked-path.ts'

const folder = 'onnxruntime-node/bin/napi-v6/linux/x64'
const single = 'better-sqlite3/prebuilds/linux-x64.node'

function makePackages() {
  const packages = mkdtempSync(join(tmpdir(), 'attune-native-'))
  const write = (path: string, text: string): void => {
    mkdirSync(join(packages, path, '..'), { recursive: true })
    writeFileSync(join(packages, path), text)
  }
  for (const name of ['onnxruntime_binding.node', 'libonnxruntime.so.1', 'README.md']) write(`${folder}/${name}`, name)
  write(single, 'sqlite')
  const files = listNativeFiles(packages, [folder, single])
  const manifest = Object.fromEntries(files.map((path) => [path, hashFile(join(packages, path))]))
  return { packages, manifest, write }
}

describe('the record of native code', () => {
  it('holds what the system loads, and nothing else', () => {
    const { manifest } = makePackages()
    expect(Object.keys(manifest)).toEqual([
      single,
      `${folder}/libonnxruntime.so.1`,
      `${folder}/onnxruntime_binding.node`,
    ])
    expect(nativePlaces('linux', 'x64')).toMatchObject({ worker: [folder], service: [single] })
    expect(nativePlaces('win32', 'x64').media).toEqual(['@img/sharp-win32-x64/lib'])
  })

  it('accepts the files it was made of, of each process alone', () => {
    const { packages, manifest, write } = makePackages()
    checkNativeFiles(packages, [folder], manifest)
    write(single, 'changed')
    expect(() => {
      checkNativeFiles(packages, [folder], manifest)
    }).not.toThrow()
  })

  it('refuses a file that was changed, taken away, put beside them or never recorded', () => {
    const cases: readonly [
      string,
      (made: ReturnType<typeof makePackages>) => Readonly<Record<string, string | null>>,
    ][] = [
      ['other bytes', ({ write, manifest }) => (write(`${folder}/libonnxruntime.so.1`, 'x'), manifest)],
      ['no such file', ({ packages, manifest }) => (rmSync(join(packages, single)), manifest)],
      ['did not bring', ({ write, manifest }) => (write(`${folder}/libfoo.so.2`, 'x'), manifest)],
      ['did not bring', ({ write, manifest }) => (write(`${folder}/DirectML.dll`, 'x'), manifest)],
      ['no recorded', () => ({})],
    ]
    for (const [words, tamper] of cases) {
      const made = makePackages()
      const manifest = tamper(made)
      expect(() => {
        checkNativeFiles(made.packages, [folder, single], manifest)
      }).toThrow(words)
    }
  })

  it('leaves bytes to the system where files are signed later, not names', () => {
    const { packages, manifest, write } = makePackages()
    const signed = Object.fromEntries(Object.keys(manifest).map((path) => [path, null]))
    write(`${folder}/libonnxruntime.so.1`, 'signed')
    checkNativeFiles(packages, [folder], signed)
    rmSync(join(packages, folder, 'libonnxruntime.so.1'))
    expect(() => {
      checkNativeFiles(packages, [folder], signed)
    }).toThrow('no such file')
  })

  it('is looked for outside of the archive', () => {
    expect(unpackedPath('/opt/Attune/resources/app.asar/models/starter')).toBe(
      '/opt/Attune/resources/app.asar.unpacked/models/starter',
    )
    expect(unpackedPath('C:\\Attune\\app.asar')).toBe('C:\\Attune\\app.asar.unpacked')
    expect(unpackedPath('/srv/models')).toBe('/srv/models')
    expect(unpackedPath('/x/app.asar.unpacked/models')).toBe('/x/app.asar.unpacked/models')
  })
})
