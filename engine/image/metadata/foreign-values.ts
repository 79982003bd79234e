import { cleanLine, cleanText } from './clean-text.ts'
import type { Found } from './foreign-recipe.ts'

/** What a foreign value may be; anything beyond counts as not there. */
export const valueLimits = {
  promptCharacters: 20_000,
  lineCharacters: 500,
  steps: { least: 1, most: 10_000 },
  cfgScale: { least: -100, most: 1000 },
  side: { least: 1, most: 65_536 },
  share: { least: 0, most: 1 },
  clipSkip: { least: 1, most: 12 },
  strength: { least: -100, most: 100 },
  /** Settings without a place of their own, and characters of each. */
  others: 100,
  otherCharacters: 2000,
  loras: 64,
} as const

export interface Range {
  readonly least: number
  readonly most: number
}

type Unread = unknown

/** A text of several lines. Like all readers here it gives `undefined` for what is missing, of the wrong kind or out of range. */
export const readPrompt = (value: Unread, from: string): Found<string> | undefined =>
  typeof value === 'string' ? { value: cleanText(value, valueLimits.promptCharacters).trim(), from } : undefined

/** One line of text; numbers count, Python's "None" does not. */
export const readLine = (value: Unread, from: string): Found<string> | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const line = cleanLine(String(value), valueLimits.lineCharacters)
  return line === '' || line === 'None' ? undefined : { value: line, from }
}

/** A finite number, also one written as text. */
export const readNumber = (value: Unread, range: Range, from: string): Found<number> | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !(number >= range.least && number <= range.most)) return undefined
  return { value: number, from }
}

/** A whole number, also one written as text or as a float. */
export const readWhole = (value: Unread, range: Range, from: string): Found<number> | undefined => {
  const found = readNumber(value, range, from)
  return found !== undefined && Number.isInteger(found.value) ? found : undefined
}

const largestSeed = 2n ** 64n - 1n

/** A seed as decimal text; floats that are whole (older JSON) count, negative "random" seeds do not. */
export const readSeed = (value: Unread, from: string): Found<string> | undefined => {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !/^\s*[0-9]{1,20}\s*$/.test(text)) return undefined
  const seed = BigInt(text.trim())
  return seed > largestSeed ? undefined : { value: seed.toString(), from }
}

/** A file's name as a model's name: no folders, no ending of a weights file. */
export const readModelName = (value: Unread, from: string): Found<string> | undefined => {
  const line = readLine(value, from)
  if (line === undefined) return undefined
  const name = line.value.replace(/^.*[\\/]/, '').replace(/\.(safetensors|ckpt|pt|pth|bin|gguf|sft)$/i, '')
  return name === '' ? undefined : { value: name, from }
}

/** The settings that have no place of their own, bounded. */
export const readOthers = (values: Iterable<readonly [string, Unread]>): Record<string, string> => {
  const others = new Map<string, string>()
  for (const [name, value] of values) {
    if (others.size === valueLimits.others) break
    // JSON has no text for undefined, whatever TypeScript says.
    const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined)
    const key = cleanLine(name, 100)
    if (text === undefined || text === 'null' || key === '') continue
    others.set(key, cleanText(text, valueLimits.otherCharacters))
  }
  return Object.fromEntries(others)
}

/** The object without what is not there, as optional properties have to be. */
export const present = <Fields extends object>(fields: Fields): Present<Fields> => {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as Present<Fields> // only what the filter let through
}

export type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a parsed value is an object with named fields. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
