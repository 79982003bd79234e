import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireOfPackager } from '../../build/desktop/packager.ts'

/** Marks where Electron's programs keep their fuses: the mark, a version, how many, and one character each. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** As Electron is delivered: RunAsNode, …, GrantFileProtocolExtraPrivileges, WasmTrapHandlers. */
const deliveredFuses = '101100011'

/** The part of `resedit` that makes a Windows program with a version: electron-builder writes into its resources. */
interface ResEdit {
  readonly NtExecutable: { readonly createEmpty: (is32Bit: boolean, isDll: boolean) => WindowsProgram }
  readonly NtExecutableResource: { readonly from: (program: WindowsProgram) => Resources }
  readonly Resource: { readonly VersionInfo: { readonly createEmpty: () => VersionInfo } }
}
interface WindowsProgram {
  readonly setExtraData: (data: ArrayBuffer) => void
  readonly generate: () => ArrayBuffer
}
interface Resources {
  readonly entries: unknown[]
  readonly outputResource: (program: WindowsProgram) => void
}
interface VersionInfo {
  readonly setStringValues: (language: object, values: Readonly<Record<string, string>>) => void
  readonly outputToResourceEntries: (entries: unknown[]) => void
}

const english = { lang: 1033, codepage: 1200 }

function makeWindowsProgram(end: Buffer, version: string): Buffer {
  const { NtExecutable, NtExecutableResource, Resource } = requireOfPackager('resedit') as ResEdit // electron-builder's own
  const program = NtExecutable.createEmpty(false, false)
  const resources = NtExecutableResource.from(program)
  const info = Resource.VersionInfo.createEmpty()
  info.setStringValues(english, { ProductVersion: version, OriginalFilename: 'electron.exe' })
  info.outputToResourceEntries(resources.entries)
  resources.outputResource(program)
  program.setExtraData(new Uint8Array(end).buffer)
  return Buffer.from(program.generate())
}

function makeProgram(platform: 'win32' | 'linux', version: string): Buffer {
  const filling = Buffer.alloc(4096, 7)
  const count = Buffer.from([1, deliveredFuses.length])
  const fuses = Buffer.concat([filling, Buffer.from(fuseMark), count, Buffer.from(deliveredFuses), filling])
  return platform === 'linux' ? fuses : makeWindowsProgram(fuses, version)
}

/**
 * Writes a folder that electron-builder takes for Electron's: a program that is nothing but its fuses. It proves what the
 * builder makes of our files, not that it runs.
 */
export function writeStandInElectron(folder: string, platform: 'win32' | 'linux', version: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true })
  writeFileSync(join(folder, platform === 'win32' ? 'electron.exe' : 'electron'), makeProgram(platform, version), {
    mode: 0o755,
  })
  writeFileSync(join(folder, 'version'), version)
  for (const name of ['de', 'en-US', 'fr']) writeFileSync(join(folder, 'locales', `${name}.pak`), name)
  writeFileSync(join(folder, 'LICENSE'), 'Electron')
}
