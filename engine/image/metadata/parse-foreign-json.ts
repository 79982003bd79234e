/**
 * Parses JSON as Python programs write it: NaN and Infinity become null, and whole numbers too long for a double (64-bit
 * seeds) become strings so that no digit is lost. Runs in time linear in the text, whatever it is.
 *
 * @returns undefined when it is not JSON
 */
export const parseForeignJson = (text: string): unknown => {
  try {
    const parsed: unknown = JSON.parse(withSafeTokens(text))
    return parsed
  } catch {
    return undefined
  }
}

const bareToken = /NaN|-?Infinity|-?[0-9][0-9.eE+-]*/y
const longWhole = /^-?[0-9]{16,}$/

const withSafeTokens = (text: string): string => {
  const pieces: string[] = []
  let copied = 0
  for (let at = 0; at < text.length;) {
    if (text[at] === '"') {
      at = endOfString(text, at)
      continue
    }
    bareToken.lastIndex = at
    const token = bareToken.exec(text)?.[0]
    if (token === undefined) {
      at += 1
      continue
    }
    const safe = token.endsWith('y') || token === 'NaN' ? 'null' : longWhole.test(token) ? `"${token}"` : token
    if (safe !== token) {
      pieces.push(text.slice(copied, at), safe)
      copied = at + token.length
    }
    at += token.length
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(copied)
}

/** The place behind the closing quote, or the end of the text. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}
