import { EngineError } from '../../contract/failures.ts'

/** A configuration file before its values are checked. */
export type RawConfig = Readonly<Record<string, unknown>>

/**
 * Reads a JSON file as Python writes it: `Infinity`, `-Infinity` and `NaN` are allowed as values; NaN is read as null.
 *
 * @throws EngineError 'config-invalid' when it is not JSON or not an object
 */
export const parseConfigJson = (text: string, where: string): RawConfig => {
  // a string is matched first and kept, so that words inside it are not touched
  const json = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (token) => pythonNumbers.get(token) ?? token)
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw invalid(where, 'text that is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(where, 'no object')
  return value as RawConfig // an object that is neither null nor an array has only string keys in JSON
}

/** JavaScript reads 1e999 as Infinity. */
const pythonNumbers: ReadonlyMap<string, string> = new Map([
  ['Infinity', '1e999'],
  ['-Infinity', '-1e999'],
  ['NaN', 'null'],
])

const invalid = (where: string, found: string, cause?: unknown): EngineError =>
  new EngineError(
    'config-invalid',
    { where, found, expected: 'a JSON object', remedy: 'Download the file again.' },
    { cause },
  )
