import type { LibraryDatabase } from './open-database.ts'

/** Pictures per millisecond before ids spill into the next one. */
const perMs = 1024

/** The lowest id of a moment: every picture made before it has a smaller one. */
export const firstIdOf = (createdMs: number): number => Math.floor(createdMs) * perMs

/**
 * A free id for a picture made at a moment. Ids order the gallery; those of one millisecond count up in the order of
 * adding. Good until the year 2248.
 */
export const nextImageId = (database: LibraryDatabase, createdMs: number): number => {
  let candidate = Math.max(1, firstIdOf(createdMs))
  const taken = database.prepare<[number, number], { id: number }>(
    'SELECT max(id) AS id FROM image WHERE id >= ? AND id < ?',
  )
  for (;;) {
    const last = taken.get(candidate, candidate + perMs)?.id as number | null | undefined // max() of no rows is null.
    if (last === null || last === undefined) return candidate
    if (last + 1 < candidate + perMs) return last + 1
    candidate += perMs
  }
}
