import { EngineError } from '../contract/failures.ts'
import { sameShape, type Shape } from '../tensor/nd-array.ts'
import type { WeightTable, WeightView } from '../tensor/weight-view.ts'
import { cast, transpose } from './ops.ts'
import { makeValue } from './make-value.ts'
import type { Value } from './value.ts'

/** Other names and forms under which a weight may be stored. */
export interface Alias {
  /** The stored key to try for an asked key that is missing; undefined when the rule does not apply. */
  readonly storedKey: (key: string) => string | undefined
}

interface AskOptions {
  /** A stored shape that holds the same numbers, such as [C, C, 1, 1] for [C, C]. */
  readonly orStoredAs?: Shape
  /** Which setting makes this shape the expected one; said in the error. */
  readonly because?: string
}

/** A place in a checkpoint's key tree. Asking for a weight makes the initializer of exactly that key, as float32. */
export interface Params {
  readonly path: string
  readonly at: (name: string | number) => Params
  readonly weight: (shape: Shape, options?: AskOptions) => Value
  readonly bias: (shape: Shape) => Value
  /** A tensor with a name of its own, such as `class_embedding`. */
  readonly tensor: (name: string, shape: Shape, options?: AskOptions) => Value
  /** Whether the checkpoint has `<path>.<name>`, under this name or an alias. */
  readonly has: (name: string) => boolean
}

/** The params of one network and the list of keys that nothing has asked for yet. */
export interface ParamsReader {
  readonly params: Params
  readonly unread: () => readonly string[]
}

/**
 * Reads a weight table as a key tree.
 *
 * @param component  name for messages, such as `unet`
 * @throws EngineError 'weight-missing' | 'weight-mismatch' when a network asks for what is not there
 */
export const readParams = (component: string, table: WeightTable, aliases: readonly Alias[] = []): ParamsReader => {
  const read = new Map<string, Value>()
  const find = (key: string): WeightView | undefined => {
    const direct = table.get(key)
    if (direct !== undefined) return direct
    for (const { storedKey } of aliases) {
      const other = storedKey(key)
      const view = other === undefined ? undefined : table.get(other)
      if (view !== undefined) return view
    }
    return undefined
  }
  const seen = new Set<string>()
  const ask = (key: string, shape: Shape, options: AskOptions = {}): Value => {
    const known = read.get(key)
    if (known !== undefined) return known
    const view = find(key) ?? missing(component, { key, shape }, table)
    seen.add(view.key)
    const value = initializerOf(component, key, view, shape, options)
    read.set(key, value)
    return value
  }
  const paramsAt = (path: string): Params => {
    const join = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`)
    return {
      path,
      at: (name) => paramsAt(join(name)),
      weight: (shape, options) => ask(join('weight'), shape, options),
      bias: (shape) => ask(join('bias'), shape),
      tensor: (name, shape, options) => ask(join(name), shape, options),
      has: (name) => find(join(name)) !== undefined,
    }
  }
  return { params: paramsAt(''), unread: () => [...table.keys()].filter((key) => !seen.has(key)) }
}

const initializerOf = (component: string, key: string, view: WeightView, shape: Shape, options: AskOptions): Value => {
  const stored = view.transposed === true ? [...view.shape].reverse() : view.shape
  const fits = sameShape(stored, shape)
  const fitsOther = options.orStoredAs !== undefined && sameShape(stored, options.orStoredAs)
  if (!fits && !fitsOther) {
    const because = options.because === undefined ? '' : ` because ${options.because}`
    throw new EngineError('weight-mismatch', {
      where: component,
      found: `weight "${view.key}" has shape [${stored.join(', ')}]`,
      expected: `[${shape.join(', ')}]${because}`,
      remedy: `Check the configuration of ${component}.`,
      key,
    })
  }
  const raw = makeValue('initializer', [], { view: fits ? { ...view, key } : { ...view, key, shape } })
  const upright = view.transposed === true ? transpose(raw, [1, 0]) : raw
  return cast(upright, 'float32')
}

interface AskedWeight {
  readonly key: string
  readonly shape: Shape
}

const missing = (component: string, { key, shape }: AskedWeight, table: WeightTable): never => {
  const parent = key.slice(0, key.lastIndexOf('.'))
  const near = [...table.keys()]
    .filter((other) => other.startsWith(parent.slice(0, parent.lastIndexOf('.') + 1)))
    .slice(0, 3)
  throw new EngineError('weight-missing', {
    where: component,
    found: `no weight "${key}" among ${table.size}`,
    expected: near.length > 0 ? `it beside ${near.map((name) => `"${name}"`).join(', ')}` : 'it in the checkpoint',
    remedy: `The file may be incomplete, or the configuration of ${component} may not belong to it.`,
    key,
    shape: shape.map(String),
  })
}

/**
 * Refuses a checkpoint with keys that the network did not ask for.
 *
 * @param ignored  patterns of keys left out on purpose
 * @throws EngineError 'weights-unread' naming the first five and the count
 */
export const refuseUnread = (component: string, reader: ParamsReader, ignored: readonly RegExp[]): void => {
  const unread = reader.unread().filter((key) => !ignored.some((pattern) => pattern.test(key)))
  if (unread.length === 0) return
  throw new EngineError('weights-unread', {
    where: component,
    found: `${unread.length} weights that this network does not use: ${unread.slice(0, 5).join(', ')}${unread.length > 5 ? ', …' : ''}`,
    expected: 'every weight to be used',
    remedy: `Check that the configuration of ${component} belongs to this file.`,
    count: unread.length,
    first: unread.slice(0, 5),
  })
}
