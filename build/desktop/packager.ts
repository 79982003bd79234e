import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse } from 'yaml'
import { runProgram } from '../../scripts/run-program.mjs'

const projectRoot = join(import.meta.dirname, '../..')
const packagerFolder = join(projectRoot, 'build', 'packager')

/** The part of electron-builder that we use; its own types come with it, and it is seldom there. */
interface ElectronBuilder {
  readonly build: (options: Readonly<Record<string, unknown>>) => Promise<readonly string[]>
  readonly Platform: Readonly<
    Record<'WINDOWS' | 'MAC' | 'LINUX', { readonly createTarget: (names: readonly string[]) => unknown }>
  >
}

export type BuilderConfiguration = Readonly<Record<string, unknown>>

/** What `build/electron-builder.yml` says. */
export const readBuilderConfiguration = (): BuilderConfiguration =>
  parse(readFileSync(join(projectRoot, 'build', 'electron-builder.yml'), 'utf8')) as BuilderConfiguration // a mapping

/** Whether electron-builder is there. */
export const hasPackager = (): boolean => existsSync(join(packagerFolder, 'node_modules', 'electron-builder'))

/** Brings electron-builder into `build/packager` when it is not there. @throws when npm fails */
export async function installPackager(): Promise<void> {
  if (hasPackager()) return
  console.error('Installing electron-builder (npm ci in build/packager, once) ...')
  const code = await runProgram('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: packagerFolder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (code !== 0)
    throw new Error(`packager: npm ci ended with ${code}, expected 0. Check the network, then run it again.`)
}

/** A package of electron-builder's own, such as `@electron/fuses`. */
export const requireOfPackager = (name: string): unknown =>
  createRequire(join(packagerFolder, 'node_modules', 'app-builder-lib', 'package.json'))(name)

export interface ProgramOptions {
  readonly platform: 'win32' | 'darwin' | 'linux'
  /** Kinds of installers; `dir` for the plain folder; those of the configuration when left out. */
  readonly kinds?: readonly string[]
  /** Laid over the configuration of the project. */
  readonly changes?: BuilderConfiguration
}

/**
 * Makes the program for one platform from what `npm run package` made.
 *
 * @returns the files it made
 * @throws when electron-builder refuses the configuration or cannot get Electron
 */
export async function buildProgram({ platform, kinds = [], changes = {} }: ProgramOptions): Promise<readonly string[]> {
  const { build, Platform } = requireOfPackager('electron-builder') as ElectronBuilder // pinned in build/packager
  const target = { win32: Platform.WINDOWS, darwin: Platform.MAC, linux: Platform.LINUX }[platform]
  const config = { ...readBuilderConfiguration(), ...changes }
  return build({ projectDir: projectRoot, targets: target.createTarget(kinds), config, publish: 'never' })
}
