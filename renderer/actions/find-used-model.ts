import type { ModelRow } from '../../engine/contract/model-records.ts'

/** A model as a recipe or another program's settings name it. */
export interface NamedModel {
  readonly name: string
  /** SHA-256 of its file, whole or its beginning as A1111 writes it. */
  readonly hash?: string | null | undefined
}

const bundledName = 'starter'

/** `folder/Some Model.safetensors [abc]` as it is compared. */
const plain = (name: string): string =>
  (name.split(/[\\/]/).at(-1) ?? name)
    .toLowerCase()
    .replace(/\.(safetensors|ckpt)\b/, '')
    .replace(/\s*\[[0-9a-f]+\]\s*$/, '')
    .trim()

/**
 * The model of these settings among those that can be used: by its hash, else by its name.
 *
 * @returns its id as setups hold it, null for the bundled model, undefined when it is not there
 */
export function findUsedModel(models: readonly ModelRow[], { name, hash }: NamedModel): string | null | undefined {
  if (plain(name) === bundledName) return null
  const start = hash?.toLowerCase() ?? ''
  const byHash = start.length < 8 ? undefined : models.find((model) => model.hash?.startsWith(start) === true)
  const found = byHash ?? models.find((model) => plain(model.name) === plain(name) || plain(model.path) === plain(name))
  return found === undefined ? undefined : String(found.id)
}
