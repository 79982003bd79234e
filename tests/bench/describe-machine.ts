import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Surroundings {
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly memoryGiB: number
    readonly system: string
  }
  readonly versions: Readonly<Record<string, string>>
  /** The commit that was measured, with `+` when the work tree differed from it; undefined outside of git. */
  readonly commit: string | undefined
}

/** What a number depends on besides the code: it stands beside every one that is printed. */
export const describeSurroundings = (): Surroundings => ({
  machine: {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
  },
  versions: {
    node: process.versions.node,
    'onnxruntime-node': packageVersion('onnxruntime-node'),
    attune: packageVersion(''),
  },
  commit: currentCommit(),
})

const packageVersion = (name: string): string => {
  const folder = name === '' ? root : join(root, 'node_modules', name)
  // Every package.json that npm accepts has a version.
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
}

const git = (...parameters: readonly string[]): string =>
  execFileSync('git', parameters, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

const currentCommit = (): string | undefined => {
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`
  } catch {
    return undefined // not a clone, or no git: the numbers stand without it
  }
}
