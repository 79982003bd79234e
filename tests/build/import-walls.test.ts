import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cruiseImports } from '../../build/cruise-imports.ts'
import { findBreaches } from '../../build/find-breaches.ts'
import { walls } from '../../build/import-walls.ts'

/** A room and a statement in one of its files; `{}` stands for the way to what is imported. */
type Case = readonly [room: string, statement: string, target: string]

const value = "import { thing } from '{}'"
const type = "import type { Thing } from '{}'"

/** One import per room that its wall must stop. */
const oneBreachPerRoom: readonly Case[] = [
  ['contract', value, 'engine/tensor/thing.ts'],
  ['tensor', value, 'engine/graph/thing.ts'],
  ['machine', value, 'engine/runtime/thing.ts'],
  ['text', value, 'engine/tensor/thing.ts'],
  ['image', value, 'node:fs'],
  ['graph', value, 'engine/networks/thing.ts'],
  ['autodiff', value, 'engine/networks/thing.ts'],
  ['networks', value, 'engine/runtime/thing.ts'],
  ['losses', value, 'engine/autodiff/thing.ts'],
  ['diffusion', value, 'engine/graph/thing.ts'],
  ['alignment', value, 'engine/diffusion/thing.ts'],
  ['preference', value, 'node:fs/promises'],
  ['protection', value, 'engine/runtime/thing.ts'],
  ['noise', type, 'engine/networks/thing.ts'],
  ['methods', value, 'engine/runtime/thing.ts'],
  ['files', value, 'engine/library/thing.ts'],
  ['process', value, 'engine/service/thing.ts'],
  ['checkpoint', value, 'engine/networks/thing.ts'],
  ['image-codec', value, 'engine/runtime/thing.ts'],
  ['runtime', value, 'engine/library/thing.ts'],
  ['library', value, 'engine/worker/thing.ts'],
  ['worker', value, 'engine/library/thing.ts'],
  ['media', value, 'engine/library/thing.ts'],
  ['service', value, 'engine/runtime/thing.ts'],
  ['cli', value, 'engine/networks/thing.ts'],
  ['electron', value, 'engine/service/thing.ts'],
  ['renderer', type, 'engine/machine/thing.ts'],
]

const furtherBreaches: readonly Case[] = [
  ['graph', value, 'engine/machine/thing.ts'],
  ['methods', value, 'engine/contract/thing.ts'],
  ['service', value, 'engine/worker/thing.ts'],
  ['diffusion', value, 'engine/diffusion/nowhere.ts'],
  ['networks', "export { thing } from '{}'", 'engine/runtime/thing.ts'],
  ['networks', "export const load = () => import('{}')", 'engine/runtime/thing.ts'],
]

const noBreaches: readonly Case[] = [
  ['tensor', value, 'engine/contract/failures.ts'],
  ['graph', type, 'engine/machine/thing.ts'],
  ['alignment', type, 'engine/diffusion/thing.ts'],
  ['methods', value, 'engine/diffusion/thing.ts'],
  ['service', value, 'engine/worker/protocol.ts'],
  ['service', value, 'engine/media/protocol/thing.ts'],
  ['runtime', value, 'onnxruntime-node'],
]

/** The packages that only one room may import. */
const owners = {
  'onnxruntime-node': 'runtime',
  sharp: 'image-codec',
  'better-sqlite3': 'library',
  electron: 'electron',
  svelte: 'renderer',
} as const

const rooms = Object.keys(walls)
const cases = [...oneBreachPerRoom, ...furtherBreaches, ...noBreaches]
const root = mkdtempSync(join(tmpdir(), 'attune-walls-'))
const folderOf = (room: string): string => (room === 'electron' || room === 'renderer' ? room : `engine/${room}`)
const fileOf = ([room, ...rest]: Case): string =>
  `${folderOf(room)}/case-${cases.findIndex((other) => other.join() === [room, ...rest].join())}.ts`

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), `${text}\n`)
}

const writeCase = (entry: Case): void => {
  const [room, statement, target] = entry
  const way = target.startsWith('engine/') ? `./${relative(folderOf(room), target)}` : target
  write(fileOf(entry), statement.replace('{}', way))
}

const writePackage = (name: string): void => {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', exports: './main.js' }))
  write(`node_modules/${name}/main.js`, '')
  for (const room of rooms) write(`${folderOf(room)}/${name}.ts`, `import '${name}'`)
}

const writeProject = (): void => {
  const things = rooms.map((room) => `${folderOf(room)}/thing.ts`)
  const protocols = ['engine/worker/protocol.ts', 'engine/media/protocol/thing.ts']
  for (const path of [...things, ...protocols, 'engine/contract/failures.ts', 'engine/strangers/thing.ts']) {
    write(path, 'export interface Thing { readonly name: string }\nexport const thing = 1')
  }
  write('engine/tensor/one.ts', "import { two } from './two.ts'\nexport const one = () => two()")
  write('engine/tensor/two.ts', "import { one } from './one.ts'\nexport const two = () => one()")
  write('engine/image/one.ts', "import { two } from './two.ts'\nexport type One = 1\nexport const one = () => two()")
  write('engine/image/two.ts', "import type { One } from './one.ts'\nexport const two = (): One => 1")
  Object.keys(owners).forEach(writePackage)
  cases.forEach(writeCase)
}

let breaches: readonly string[] = []
const breachesOf = (path: string): readonly string[] => breaches.filter((breach) => breach.startsWith(`${path}:`))

beforeAll(async () => {
  writeProject()
  breaches = findBreaches(await cruiseImports(root, ['engine', 'electron', 'renderer']))
})

afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

describe('the import walls', () => {
  it('are tried at every room', () => {
    expect(oneBreachPerRoom.map(([room]) => room).sort()).toEqual([...rooms].sort())
  })

  it.each([...oneBreachPerRoom, ...furtherBreaches])('stop %s: %s: %s', (...entry) => {
    expect(breachesOf(fileOf(entry))).toHaveLength(1)
  })

  it.each(noBreaches)('let through %s: %s: %s', (...entry) => {
    expect(breachesOf(fileOf(entry))).toEqual([])
  })

  it.each(Object.entries(owners))('let nobody import %s but %s', (name, owner) => {
    const stopped = rooms.filter((room) => breachesOf(`${folderOf(room)}/${name}.ts`).length > 0)
    expect(stopped).toEqual(rooms.filter((room) => room !== owner))
  })

  it('report files that import each other in a circle, unless only a type closes it', () => {
    expect(breaches.filter((breach) => breach.includes('circle'))).toEqual([
      'engine/tensor/one.ts: imports engine/tensor/two.ts in a circle.',
      'engine/tensor/two.ts: imports engine/tensor/one.ts in a circle.',
    ])
  })

  it('report a room that has no row', () => {
    expect(breachesOf('engine/strangers/thing.ts')).toEqual([
      'engine/strangers/thing.ts: room "strangers" has no row in build/import-walls.ts. Add one.',
    ])
  })
})
