const maxSettings = 300
const maxKey = 80

/**
 * Splits a line of `Key: value, Key: value` as A1111 writes it. A value with a comma, a colon or a line break stands in
 * JSON quotes; a value that begins with a bracket (Civitai's resources) ends at its partner. Pieces without a key are
 * passed over. A key that comes twice keeps its last value, as in A1111.
 *
 * Time is bounded by `maxSettings` times the length of the line.
 */
export const splitSettings = (line: string): ReadonlyMap<string, string> => {
  const settings = new Map<string, string>()
  let at = 0
  for (let count = 0; at < line.length && count < maxSettings; count++) {
    const colon = line.indexOf(':', at)
    if (colon < 0) break
    const key = keyBefore(line.slice(Math.max(at, colon - maxKey), colon))
    const start = skipSpaces(line, colon + 1)
    const end = endOfValue(line, start)
    if (key !== undefined) settings.set(key, unquote(line.slice(start, end).trim()))
    at = end + 1
  }
  return settings
}

/** The words directly before a colon, back to a comma or any sign that keys do not have. */
const keyBefore = (text: string): string | undefined =>
  /[A-Za-z0-9_][A-Za-z0-9_ \-/.+]*$/.exec(text.slice(text.lastIndexOf(',') + 1))?.[0].trim()

const skipSpaces = (line: string, from: number): number => {
  let at = from
  while (line[at] === ' ') at += 1
  return at
}

const endOfValue = (line: string, start: number): number => {
  const first = line[start]
  const plain = (from: number): number => {
    const comma = line.indexOf(',', from)
    return comma < 0 ? line.length : comma
  }
  if (first === '"') {
    const close = closingQuote(line, start)
    return close === undefined ? plain(start) : plain(close)
  }
  if (first === '[' || first === '{') return plain(closingBracket(line, start) ?? start)
  return plain(start)
}

/** A closing quote is one that a comma or the end of the line follows. */
const closingQuote = (line: string, start: number): number | undefined => {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at += 1
    else if (line[at] === '"') return /^\s*(?:,|$)/.test(line.slice(at + 1, at + 10)) ? at : undefined
  }
  return undefined
}

const closingBracket = (line: string, start: number): number | undefined => {
  let depth = 0
  for (let at = start; at < line.length; at++) {
    const sign = line[at]
    if (sign === '"') {
      at = endOfString(line, at)
    } else if (sign === '[' || sign === '{') {
      depth += 1
    } else if (sign === ']' || sign === '}') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return undefined
}

const endOfString = (line: string, start: number): number => {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at += 1
    else if (line[at] === '"') return at
  }
  return line.length
}

const unquote = (value: string): string => {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  try {
    const text: unknown = JSON.parse(value)
    return typeof text === 'string' ? text : value
  } catch {
    return value
  }
}
