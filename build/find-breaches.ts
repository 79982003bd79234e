import type { IDependency, IModule } from 'dependency-cruiser'
import { type Wall, walls } from './import-walls.ts'

/** The part of a cruised dependency that the walls are about. */
export type Import = Pick<IDependency, 'module' | 'resolved' | 'dependencyTypes' | 'couldNotResolve' | 'cycle'>
export type ImportingFile = Pick<IModule, 'source'> & { readonly dependencies: readonly Import[] }

/**
 * Every import that the walls forbid, that leads nowhere, or that closes a circle within the engine.
 *
 * @param files what dependency-cruiser found, paths from the project's folder
 * @returns one sentence per breach, in the order of the files
 */
export const findBreaches = (files: readonly ImportingFile[]): readonly string[] =>
  files.flatMap(({ source, dependencies }) => {
    const room = roomOf(source)
    if (room === undefined) return []
    const row = walls[room]
    if (row === undefined) return [`${source}: room "${room}" has no row in build/import-walls.ts. Add one.`]
    return dependencies.flatMap((dependency) => breachesOf(source, room, row, dependency))
  })

function breachesOf(source: string, room: string, row: Wall, dependency: Import): readonly string[] {
  const { module, resolved } = dependency
  if (dependency.couldNotResolve) return [`${source}: "${module}" leads nowhere.`]
  const breaches: string[] = []
  if (!mayImport(room, row, dependency)) {
    breaches.push(`${source}: imports ${resolved}, expected ${describe(row)}. See docs/architecture.md.`)
  }
  if (isCircle(dependency)) breaches.push(`${source}: imports ${resolved} in a circle.`)
  return breaches
}

function mayImport(room: string, row: Wall, dependency: Import): boolean {
  const { resolved } = dependency
  if (dependency.dependencyTypes.includes('core')) return mayImportBuiltin(row, resolved)
  const packageName = packageOf(resolved)
  if (packageName !== undefined) return row.packages.includes(packageName)
  if (roomOf(resolved) === room) return true
  if (resolved === 'package.json') return row.builtins === 'all' // the project's own, for its version
  const allowed = isTypeOnly(dependency) ? [...row.rooms, ...row.typesOf] : row.rooms
  return allowed.some((place) => liesIn(resolved, place))
}

const mayImportBuiltin = ({ builtins }: Wall, name: string): boolean =>
  builtins === 'all' || builtins.includes(name.replace(/^node:/, ''))

const isTypeOnly = ({ dependencyTypes }: Pick<Import, 'dependencyTypes'>): boolean =>
  dependencyTypes.includes('type-only')

/** A circle that is closed by a type is gone before anything runs. */
const isCircle = ({ cycle }: Import): boolean => cycle !== undefined && cycle.length > 0 && !cycle.some(isTypeOnly)

/** `engine/graph/ops.ts` → `graph`; `renderer/canvas/Canvas.svelte` → `renderer`; undefined outside the rooms. */
const roomOf = (path: string): string | undefined =>
  /^(?:engine\/([^/]+)\/|(electron|renderer)\/)/.exec(path)?.slice(1).find(Boolean)

/** `node_modules/@bufbuild/protobuf/dist/index.js` → `@bufbuild/protobuf`. */
const packageOf = (path: string): string | undefined => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

const liesIn = (path: string, place: string): boolean =>
  path.startsWith(`engine/${place}/`) || path === `engine/${place}.ts`

function describe({ rooms, typesOf, packages, builtins }: Wall): string {
  const parts = [
    ...rooms,
    ...typesOf.map((room) => `types of ${room}`),
    ...packages,
    ...(builtins === 'all' ? ["Node's modules"] : builtins),
  ]
  return `only ${parts.join(', ')}`
}
