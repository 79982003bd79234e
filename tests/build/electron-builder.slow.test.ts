import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import electronPackage from 'electron/package.json' with { type: 'json' }
import { packageDesktop } from '../../build/desktop/package-desktop.ts'
import { buildProgram, hasPackager, readBuilderConfiguration, requireOfPackager } from '../../build/desktop/packager.ts'
import type { NativeManifest } from '../../engine/process/native-files.ts'
import { writeStandInElectron } from './stand-in-electron.ts'

interface Asar {
  readonly listPackage: (archive: string, options: object) => string[]
  readonly extractFile: (archive: string, path: string) => Buffer
}
interface Fuses {
  readonly getCurrentFuseWire: (program: string) => Promise<Readonly<Record<string, number>>>
}

const bundledPlatforms = [
  { platform: 'linux', folder: 'linux-unpacked', program: 'attune' },
  { platform: 'win32', folder: 'win-unpacked', program: 'Attune.exe' },
] as const

// Needs electron-builder, which `npm run dist` and .ci/run install.
describe.skipIf(!hasPackager())('electron-builder', () => {
  const work = hasPackager() ? mkdtempSync(join(tmpdir(), 'attune-builder-')) : ''
  beforeAll(async () => {
    await packageDesktop()
    for (const { platform } of bundledPlatforms) {
      const electron = join(work, `electron-${platform}`)
      writeStandInElectron(electron, platform, electronPackage.version)
      await buildProgram({
        platform,
        kinds: ['dir'],
        changes: {
          electronDist: electron,
          directories: { output: join(work, 'out'), buildResources: 'build/desktop' },
          // The stand-in is no program whose icon could be exchanged.
          ...(platform === 'win32' ? { win: { ...winConfiguration(), signAndEditExecutable: false } } : {}),
        },
      })
    }
  }, 300_000)
  afterAll(() => {
    rmSync(work, { recursive: true, force: true })
  })

  it('accepts the configuration of every platform', async () => {
    const { validateConfiguration } = requireOfPackager('app-builder-lib/out/util/config/config') as {
      readonly validateConfiguration: (configuration: object, log: object) => Promise<void>
    }
    const log = { isEnabled: false, add: () => undefined }
    await expect(validateConfiguration({ ...readBuilderConfiguration() }, log)).resolves.toBeUndefined()
    await expect(validateConfiguration({ ...readBuilderConfiguration(), fuses: {} }, log)).rejects.toThrow('fuses')
  })

  it.each(bundledPlatforms)('turns the fuses of the program for $platform', async ({ folder, program }) => {
    const { getCurrentFuseWire } = requireOfPackager('@electron/fuses') as Fuses
    const wire = await getCurrentFuseWire(join(work, 'out', folder, program))
    const states = Array.from({ length: 8 }, (_, fuse) => String.fromCharCode(wire[fuse] ?? 0))
    // RunAsNode, CookieEncryption, NodeOptions, NodeCliInspect, AsarIntegrity, OnlyLoadAppFromAsar, V8Snapshot, FilePrivileges
    expect(states).toEqual(['0', '1', '0', '0', '1', '1', '0', '0'])
  })

  it('writes the hash of the archive into the program for Windows, which refuses any other', () => {
    const program = readFileSync(join(work, 'out', 'win-unpacked', 'Attune.exe'), 'latin1')
    const wide = /\[\{"file":"resources\\\\app.asar","alg":"SHA256","value":"[0-9a-f]{64}"\}\]/
    expect(program).toMatch(wide)
  })

  it('puts every script into the archive, and native code and weights beside it', () => {
    const resources = join(work, 'out', 'linux-unpacked', 'resources')
    const beside = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(resources, 'app.asar.unpacked').length + 1))
    expect(beside.filter((path) => /\.(?:c|m)?js$/.test(path))).toEqual([])
    const native = beside.filter((path) => path.startsWith('node_modules'))
    const { extractFile } = requireOfPackager('@electron/asar') as Asar
    const manifest = JSON.parse(
      extractFile(join(resources, 'app.asar'), join('dist', 'native-files.json')).toString('utf8'),
    ) as NativeManifest
    expect(native.toSorted()).toEqual(Object.keys(manifest).map((path) => join('node_modules', path)))
    for (const path of native) {
      const bytes = readFileSync(join(resources, 'app.asar.unpacked', path))
      const hash = createHash('sha256').update(bytes).digest('hex')
      expect([path, hash]).toEqual([path, manifest[path.slice('node_modules/'.length)]])
    }
    expect(beside).toContain(join('models', 'starter', 'model_index.json'))
  })

  it('brings everything that the bundles need, and no sources', () => {
    const { listPackage } = requireOfPackager('@electron/asar') as Asar
    const paths = listPackage(join(work, 'out', 'linux-unpacked', 'resources', 'app.asar'), {})
    for (const needed of [
      'package.json',
      'dist/shell/main.cjs',
      'dist/shell/preload.cjs',
      'dist/shell/drag.png',
      'dist/engine/service.cjs',
      'dist/engine/worker.cjs',
      'dist/engine/media.cjs',
      'dist/engine/prompts.cjs',
      'dist/studio/index.html',
      'dist/text/clip-vocabulary/vocab.json',
      'migrations/0001-library.sql',
      'node_modules/onnxruntime-common/package.json',
      'node_modules/sharp/package.json',
    ])
      expect(paths).toContain(`/${needed}`)
    expect(paths.filter((path) => /\.(?:ts|svelte|map)$|^\/(?:engine|electron|renderer|tests)\//.test(path))).toEqual(
      [],
    )
  })
})

const winConfiguration = (): Readonly<Record<string, unknown>> =>
  readBuilderConfiguration()['win'] as Readonly<Record<string, unknown>> // a mapping in our own file
