/**
 * Turns what a user typed into a full-text query that cannot be malformed: every word is quoted, `-word` excludes, a
 * "quoted phrase" stays together, and the last word also matches beginnings.
 *
 * @returns undefined when there is nothing to look for
 */
export const toSearchQuery = (typed: string): string | undefined => {
  const terms = [...typed.matchAll(/(-?)"([^"]*)"|(-?)(\S+)/g)].map((match) => ({
    isExcluded: (match[1] ?? match[3] ?? '') === '-',
    isPhrase: match[2] !== undefined,
    text: (match[2] ?? match[4] ?? '').replaceAll('"', ' ').trim(),
  }))
  const searchable = terms.filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
  const wanted = searchable.filter((term) => !term.isExcluded)
  const excluded = searchable.filter((term) => term.isExcluded)
  if (wanted.length === 0) return undefined
  const last = searchable.at(-1)
  const isTyping = last !== undefined && !last.isExcluded && !last.isPhrase && !typed.endsWith(' ')
  const parts = wanted.map(({ text }, index) => `"${text}"${isTyping && index === wanted.length - 1 ? '*' : ''}`)
  const query = parts.join(' AND ')
  return excluded.length === 0 ? query : `(${query}) NOT (${excluded.map(({ text }) => `"${text}"`).join(' OR ')})`
}
