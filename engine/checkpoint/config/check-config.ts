import type { z } from 'zod'
import { EngineError } from '../../contract/failures.ts'
import type { RawConfig } from './parse-config-json.ts'

/**
 * The values of a configuration, with defaults for missing keys; keys that the schema does not name are ignored.
 *
 * @throws EngineError 'config-invalid' naming the first wrong key
 */
export const checkConfig = <Schema extends z.ZodType>(
  schema: Schema,
  raw: RawConfig,
  where: string,
): z.output<Schema> => {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const key = issue?.path.join('.') ?? ''
  throw new EngineError(
    'config-invalid',
    {
      where,
      found: key === '' ? 'values that do not fit together' : `"${key}" is ${shownValue(raw, issue?.path ?? [])}`,
      expected: issue?.message ?? 'another value',
      remedy: 'Compare the file with the published one.',
      key,
    },
    { cause: result.error },
  )
}

/**
 * The values of settings that change the result and that the engine computes; any other value is refused by name.
 * A missing key has the first value.
 */
export type SupportedValues = Readonly<Record<string, readonly [unknown, ...unknown[]]>>

/**
 * Refuses a configuration whose network would be computed wrongly.
 *
 * @throws EngineError 'model-unsupported' naming the first such key
 */
export const refuseUnsupported = (raw: RawConfig, supported: SupportedValues, where: string): void => {
  for (const [key, values] of Object.entries(supported)) {
    const value = raw[key]
    if (value === undefined || values.includes(isUniform(value) ? value[0] : value)) continue
    throw new EngineError('model-unsupported', {
      where,
      found: `"${key}" is ${JSON.stringify(value)}`,
      expected: values.map((allowed) => JSON.stringify(allowed)).join(' or '),
      remedy: 'Attune cannot compute this kind of network yet: choose another model.',
      key,
    })
  }
}

const isUniform = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => item === value[0])

const shownValue = (raw: RawConfig, path: readonly PropertyKey[]): string => {
  let value: unknown = raw
  for (const key of path) {
    if (typeof value !== 'object' || value === null) break
    value = (value as Record<PropertyKey, unknown>)[key] // any object can be asked for a key
  }
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100)
}
