import type { ImageQuery } from '../../engine/contract/image-records.ts'

/** A part of the search that narrows by something else than words, such as `stars:4`. */
export interface SearchToken {
  readonly from: number
  readonly to: number
  readonly text: string
}

const tokenPattern = /(?:^|\s)((stars|flag|before|after|tag):(\S+))/g

export const searchTokens = (search: string): readonly SearchToken[] =>
  [...search.matchAll(tokenPattern)].map((match) => {
    const text = match[1] ?? ''
    const from = match.index + match[0].length - text.length
    return { from, to: from + text.length, text }
  })

/** `castle stars:4 flag:pick after:2026-01-31` as a query; what is not understood stays among the words. */
export function parseSearch(search: string): Partial<ImageQuery> {
  const query: { -readonly [Key in keyof ImageQuery]?: ImageQuery[Key] } = {}
  const words = search.replace(tokenPattern, (whole, _token: string, name: string, value: string) => {
    const stars = Number(value)
    if (name === 'stars' && Number.isInteger(stars) && stars >= 1 && stars <= 5) query.leastRating = stars
    else if (name === 'flag' && (value === 'pick' || value === 'reject')) query.flag = value
    else if (name === 'tag') query.tag = value
    else if (name === 'before' && !Number.isNaN(Date.parse(value))) query.toMs = Date.parse(value)
    else if (name === 'after' && !Number.isNaN(Date.parse(value))) query.fromMs = Date.parse(value)
    else return whole
    return ' '
  })
  const text = words.replace(/\s+/g, ' ').trim()
  if (text !== '') query.text = text
  return query
}
