import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runProgram } from '../../scripts/run-program.mjs'

/** Electron's program, or why the studio opens in the browser. */
export type FoundElectron = { readonly program: string } | { readonly reason: string }

/** What the decision depends on. */
export interface ElectronPlace {
  /** Folder of the npm package `electron`. */
  readonly folder: string
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isRoot: boolean
  /** Whether a file of a server can be had, within `timeoutMs`. */
  readonly canFetch: (url: string, timeoutMs: number) => Promise<boolean>
  /** Fetches Electron into `folder`. @returns whether that went well */
  readonly fetchElectron: () => Promise<boolean>
}

const probeMs = 1500
/** How long a server that could not be reached is not asked again. */
const patienceMs = 24 * 3600 * 1000

/** Finds Electron, or fetches it where it can be had; at most 1.5 s are spent on finding that it cannot. */
export async function findElectron(place: ElectronPlace): Promise<FoundElectron> {
  const { environment, folder, platform } = place
  if (environment['ATTUNE_WINDOW'] === 'browser') return { reason: 'as ATTUNE_WINDOW asks' }
  const hasDisplay = environment['DISPLAY'] !== undefined || environment['WAYLAND_DISPLAY'] !== undefined
  if (platform === 'linux' && !hasDisplay) return { reason: 'there is no display for a window of its own' }
  if (platform === 'linux' && place.isRoot) return { reason: 'Electron’s sandbox does not run as root' }
  const present = presentProgram(folder)
  if (present !== undefined) return { program: present }
  if (wasUnreachable(folder)) return { reason: 'Electron is not there and could not be fetched' }
  const isFetched = (await place.canFetch(addressOf(place), probeMs)) && (await place.fetchElectron())
  const fetched = isFetched ? presentProgram(folder) : undefined
  if (fetched !== undefined) return { program: fetched }
  noteUnreachable(folder)
  return { reason: 'Electron is not there and could not be fetched' }
}

function presentProgram(folder: string): string | undefined {
  const name = join(folder, 'path.txt')
  if (!existsSync(name)) return undefined
  const program = join(folder, 'dist', readFileSync(name, 'utf8'))
  return existsSync(program) ? program : undefined
}

/** Where Electron's own installer would fetch it from. */
function addressOf({ folder, platform, arch, environment }: ElectronPlace): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string } // npm's
  const mirror = environment['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download/'
  return `${mirror}v${version}/electron-v${version}-${platform}-${arch}.zip`
}

const markOf = (folder: string): string => join(folder, '..', '.cache', 'attune-electron-unreachable')

const wasUnreachable = (folder: string): boolean => {
  const mark = markOf(folder)
  return existsSync(mark) && Date.now() - statSync(mark).mtimeMs < patienceMs
}

function noteUnreachable(folder: string): void {
  const mark = markOf(folder)
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, '')
}

/** This machine. */
export function thisPlace(root: string): ElectronPlace {
  const folder = dirname(createRequire(join(root, 'package.json')).resolve('electron/package.json'))
  return {
    folder,
    platform: process.platform,
    arch: process.arch,
    environment: process.env,
    isRoot: process.getuid?.() === 0,
    canFetch: async (url, timeoutMs) => {
      try {
        const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) })
        return answer.ok
      } catch {
        return false
      }
    },
    fetchElectron: async () => {
      console.log('Fetching Electron (about 120 MB, once) ...')
      return (await runProgram(process.execPath, [join(folder, 'install.js')], { stdio: ['ignore', 2, 2] })) === 0
    },
  }
}
