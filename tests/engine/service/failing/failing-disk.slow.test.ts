import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { operations } from './operations.ts'
import { refusals } from './nth-failure.ts'

/** A preloaded library is Linux's way in below libc, and it has to be compiled. */
const canCompile = ((): boolean => {
  if (process.platform !== 'linux') return false
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** In memory where there is such a place: thousands of fsyncs are not what is tested here. */
const makeFolder = (): Promise<string> =>
  mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'attune-failing-'))

let layer = ''
beforeAll(async () => {
  if (!canCompile) return
  layer = join(await makeFolder(), 'fail-nth.so')
  const source = join(import.meta.dirname, 'fail-nth.c')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', layer, source, '-ldl'])
})
afterAll(() => rm(join(layer, '..'), { recursive: true, force: true }))

interface Row {
  readonly refusal: string
  readonly calls: number
  readonly wrong: readonly string[]
}

const run = async (operation: string): Promise<Row[]> => {
  const folder = await makeFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const environment = { ...process.env, LD_PRELOAD: layer, FAIL_NTH_FOLDER: folder }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'failing-target.ts'), operation], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }) // prettier-ignore
  let [lines, errors] = ['', '']
  child.stdout.on('data', (text: Buffer) => (lines += text.toString()))
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`the service ended with ${String(code)}: ${errors}`)
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row) // The target writes rows.
}

describe.runIf(canCompile)('a disk that refuses the nth call, for every n until nothing fails', () => {
  const cases = operations.map(({ name }) => name)
  it.each(cases)('%s: says so, breaks nothing, and works the next time', { timeout: 180_000 }, async (name) => {
    const rows = await run(name)
    expect(new Set(rows.map(({ refusal }) => refusal))).toEqual(new Set(refusals))
    expect(rows.flatMap(({ wrong }) => wrong)).toEqual([])
    console.log(JSON.stringify({ operation: name, callsMadeToFail: rows.reduce((sum, { calls }) => sum + calls, 0) }))
    // A layer that is not in the way would find nothing.
    for (const { calls } of rows) expect(calls).toBeGreaterThan(1)
  })
})
