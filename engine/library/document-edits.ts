import type { Edit, Json } from '../contract/document-records.ts'
import { EngineError } from '../contract/failures.ts'

export interface Edited {
  readonly state: Json
  /** Applied to `state`, in this order, these give the state before. */
  readonly inverse: readonly Edit[]
}

/**
 * Applies edits one after the other to a copy of a document.
 *
 * @throws EngineError 'bad-argument' when a path does not exist; then nothing was applied
 */
export const applyEdits = (state: Json, edits: readonly Edit[]): Edited => {
  let present = state
  const inverse: Edit[] = []
  for (const edit of edits) {
    inverse.unshift(inverseOf(present, edit))
    present = replaceAt(present, edit.path, edit)
  }
  return { state: present, inverse }
}

type Step = Edit['path'][number]
type JsonObject = Readonly<Record<string, Json>>

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const childOf = (parent: Json | undefined, step: Step): Json | undefined => {
  if (Array.isArray(parent) && typeof step === 'number') return parent[step]
  if (isObject(parent) && typeof step === 'string' && Object.hasOwn(parent, step)) return parent[step]
  return undefined
}

const inverseOf = (state: Json, edit: Edit): Edit => {
  const { path } = edit
  const old = path.reduce<Json | undefined>(childOf, state)
  switch (edit.kind) {
    case 'set':
      return old === undefined ? { kind: 'remove', path } : { kind: 'set', path, value: old }
    case 'insert':
      return { kind: 'remove', path }
    case 'remove': {
      if (old === undefined) throw noSuchPlace(path)
      const isInArray = typeof path.at(-1) === 'number'
      return { kind: isInArray ? 'insert' : 'set', path, value: old }
    }
  }
}

const replaceAt = (parent: Json, path: readonly Step[], edit: Edit, depth = 0): Json => {
  const [step, ...rest] = path
  if (step === undefined) {
    if (edit.kind === 'set') return edit.value
    throw noSuchPlace(edit.path)
  }
  if (rest.length > 0) {
    const child = childOf(parent, step)
    if (child === undefined) throw noSuchPlace(edit.path)
    return withChild(parent, step, replaceAt(child, rest, edit, depth + 1))
  }
  if (Array.isArray(parent) && typeof step === 'number') return editArray(parent, step, edit)
  if (isObject(parent) && typeof step === 'string' && edit.kind !== 'insert') return editObject(parent, step, edit)
  throw noSuchPlace(edit.path)
}

const withChild = (parent: Json, step: Step, child: Json): Json =>
  Array.isArray(parent) ? parent.with(Number(step), child) : { ...(parent as JsonObject), [step]: child } // childOf found it there.

const editArray = (items: readonly Json[], index: number, edit: Edit): Json => {
  if (index > items.length || (index === items.length && edit.kind !== 'insert')) throw noSuchPlace(edit.path)
  if (edit.kind === 'set') return items.with(index, edit.value)
  return edit.kind === 'remove' ? items.toSpliced(index, 1) : items.toSpliced(index, 0, edit.value)
}

const editObject = (object: JsonObject, key: string, edit: Edit): Json => {
  if (edit.kind === 'set') return { ...object, [key]: edit.value }
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

const noSuchPlace = (path: readonly Step[]): EngineError =>
  new EngineError('bad-argument', { where: 'document', found: `no place "${path.join('.')}"` })
