import type { Edit, Json } from '../../engine/contract/document-records.ts'

type Path = readonly (string | number)[]

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The edits that turn one JSON value into the other: as deep as both have the same shape, whole values below. */
export function findEdits(before: Json, after: Json, path: Path = []): readonly Edit[] {
  if (Object.is(before, after) || JSON.stringify(before) === JSON.stringify(after)) return []
  if (isObject(before) && isObject(after)) return editsOfObject(before, after, path)
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return after.flatMap((value, i) => findEdits(before[i] ?? null, value, [...path, i]))
  }
  return [{ kind: 'set', path: [...path], value: after }]
}

function editsOfObject(before: { [key: string]: Json }, after: { [key: string]: Json }, path: Path): readonly Edit[] {
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  return [
    ...removed.map((key): Edit => ({ kind: 'remove', path: [...path, key] })),
    ...Object.entries(after).flatMap(([key, value]): readonly Edit[] => {
      const old = Object.hasOwn(before, key) ? before[key] : undefined
      return old === undefined ? [{ kind: 'set', path: [...path, key], value }] : findEdits(old, value, [...path, key])
    }),
  ]
}
