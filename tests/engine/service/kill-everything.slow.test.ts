import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { hashOf } from '../../../engine/library/image-files.ts'
import { imagePath, libraryFolders } from '../../../engine/library/library-folders.ts'
import { openDatabase } from '../../../engine/library/open-database.ts'
import { findDatabaseFaults } from '../../../engine/library/verify-database.ts'
import { median } from '../../bench/quantile.ts'
import { makeTemporaryFolder } from '../library/temporary-library.ts'
import { somePng } from './some-png.ts'

/** 25 at hand-in; a nightly run asks for more. */
const kills = Number(process.env['KILLS'] ?? 25)
const mostStartMs = 3000

/** ONNX Runtime and the bundled model, as they run for users; the analytic worker of the other rounds writes more often. */
const inProject = (path: string): string => join(import.meta.dirname, '../../..', path)
const realWorker = ['--worker', inProject('engine/worker/worker-process.ts'), '--model', inProject('models/starter')]

/** A small random generator, so that a run can be repeated from its seed. @source mulberry32 */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Round {
  readonly announced: ReadonlyMap<number, string>
  readonly startMs: number
  readonly wasInWrite: boolean
  readonly readopted: number
  /** How long each write took that was over before the kill. */
  readonly writesMs: readonly number[]
}

interface Aim {
  /** From the first picture of the round. */
  readonly lifeMs: number
  /** After that, from the beginning of the next write; undefined kills at once, whatever is going on. */
  readonly intoWriteMs: number | undefined
}

/** Runs the target, then kills its whole process group. */
const runAndKill = async (args: readonly string[], { lifeMs, intoWriteMs }: Aim): Promise<Round> => {
  const target = join(import.meta.dirname, 'kill-target.ts')
  const spawned = performance.now()
  const child = spawn(process.execPath, [target, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const announced = new Map<number, string>()
  let [startMs, readopted, errors] = [0, 0, '']
  const open = new Map<string, number>()
  const writesMs: number[] = []
  let onWrite = (): void => undefined
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const working = new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const [kind, first = '', second = ''] = line.split(' ')
      if (kind === 'ready') [startMs, readopted] = [performance.now() - spawned, Number(second)]
      if (kind === '(' || kind === '[') {
        open.set(kind, performance.now())
        onWrite()
      }
      const begin = kind === ')' ? '(' : kind === ']' ? '[' : ''
      const begunMs = open.get(begin)
      if (begunMs !== undefined) writesMs.push(performance.now() - begunMs)
      open.delete(begin)
      if (kind === 'a') announced.set(Number(first), second)
      if (kind === 'working') resolve()
    })
    child.on('exit', (code) => {
      reject(new Error(`the target ended by itself with ${code ?? 'a signal'}: ${errors}`))
    })
  })
  await working
  await wait(lifeMs)
  if (intoWriteMs !== undefined) {
    await Promise.race([new Promise<void>((resolve) => (onWrite = resolve)), wait(5000)])
    if (intoWriteMs > 1) await wait(intoWriteMs)
  }
  await killGroup(child)
  return { announced, startMs, wasInWrite: open.size > 0, readopted, writesMs }
}

const killGroup = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.on('close', () => {
      resolve()
    })
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  })

it(`loses nothing in ${kills} kills of everything at random times`, { timeout: 600_000 }, async () => {
  const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000)
  console.log(`kill seed ${seed} (repeat with KILL_SEED=${seed})`)
  const random = randomFrom(seed)
  const folder = await makeTemporaryFolder(onTestFinished)
  const [root, pictures] = [join(folder, 'library'), join(folder, 'pictures')]
  await mkdir(pictures)
  for (let number = 0; number < 400; number++) await writeFile(join(pictures, `${number}.png`), somePng(number))
  const announced = new Map<number, string>()
  const rounds: Round[] = []
  for (let kill = 0; kill < kills; kill++) {
    // Writes are as long as the disk makes them: where most are over, nobody can be hit.
    const usualMs = median([5, ...rounds.flatMap(({ writesMs }) => writesMs)])
    const aim = { lifeMs: random() * 500, intoWriteMs: random() < 0.6 ? random() * usualMs : undefined }
    const worker = kill % 2 === 0 ? realWorker : []
    const round = await runAndKill(['--library', root, '--import', pictures, ...worker], aim)
    rounds.push(round)
    for (const [id, hash] of round.announced) announced.set(id, hash)
    expect(faultsOf(root)).toEqual([])
    expect(await lost(root, pictures, announced)).toEqual([])
  }
  const inWrite = rounds.filter((round) => round.wasInWrite).length
  const starts = rounds.map((round) => round.startMs)
  const readopted = rounds.reduce((sum, round) => sum + round.readopted, 0)
  console.log(JSON.stringify({ kills, inWrite, announced: announced.size, readopted, slowestStartMs: Math.round(Math.max(...starts)) })) // prettier-ignore
  expect(Math.max(...starts)).toBeLessThanOrEqual(mostStartMs)
  expect(inWrite).toBeGreaterThanOrEqual(kills * 0.2)
  expect(announced.size).toBeGreaterThan(kills * 2)
  expect(doubles(root)).toEqual([])
})

const faultsOf = (root: string): string[] => {
  const database = openDatabase(libraryFolders(root).database)
  try {
    return findDatabaseFaults(database)
  } finally {
    database.close()
  }
}

/** Announced pictures whose row or file is not what was announced. */
const lost = async (root: string, pictures: string, announced: ReadonlyMap<number, string>): Promise<string[]> => {
  const database = openDatabase(libraryFolders(root).database)
  const wrong: string[] = []
  try {
    const get = database.prepare<[number], { hash: string; path: string | null }>('SELECT hash, path FROM image WHERE id = ?') // prettier-ignore
    for (const [id, hash] of announced) {
      const row = get.get(id)
      const path = row?.path === null ? imagePath(libraryFolders(root), hash, 'png') : join(pictures, row?.path ?? '')
      if (row?.hash !== hash || !existsSync(path) || hashOf(await readFile(path)) !== hash) wrong.push(`${id} ${hash}`)
    }
  } finally {
    database.close()
  }
  return wrong
}

/** Pictures of one job with one number that are there twice: made again after a crash although they were safe. */
const doubles = (root: string): unknown[] => {
  const database = openDatabase(libraryFolders(root).database)
  try {
    return database
      .prepare(
        `SELECT job_id, json_extract(recipe, '$.seed') AS seed, count(*) AS times FROM image
         WHERE recipe IS NOT NULL GROUP BY job_id, seed HAVING times > 1`,
      )
      .all()
  } finally {
    database.close()
  }
}
