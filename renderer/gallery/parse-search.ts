import type { ImageQuery } from '../../engine/contract/image-records.ts'
import { dateRange, startOf } from './date-range.ts'

export const tokenNames = [
  'stars',
  'flag',
  'model',
  'seed',
  'ignored',
  'obeyed',
  'date',
  'after',
  'before',
  'tag',
] as const
export type TokenName = (typeof tokenNames)[number]

/** A part of the search that narrows by something else than words, such as `stars:4` or `model:"dusk v3"`. */
export interface SearchToken {
  readonly from: number
  readonly to: number
  readonly text: string
  readonly name: TokenName
  readonly value: string
}

/** What German readers may write as well. */
const otherNames: Readonly<Record<string, TokenName>> = {
  sterne: 'stars',
  modell: 'model',
  startwert: 'seed',
  ignoriert: 'ignored',
  befolgt: 'obeyed',
  datum: 'date',
  nach: 'after',
  seit: 'after',
  vor: 'before',
}

const tokenPattern = /(?<=^|\s)([\p{L}]+):("[^"]*"?|\S*)/gu

type Narrow = { -readonly [Key in keyof ImageQuery]?: ImageQuery[Key] }

/** What each token means; undefined when its value is none. */
const meanings: Readonly<Record<TokenName, (value: string, now: Date) => Narrow | undefined>> = {
  stars: (value) => {
    if (/^(none|keine)$/i.test(value)) return { isRated: false }
    return /^[1-5]$/.test(value) ? { leastRating: Number(value) } : undefined
  },
  flag: (value) => (value === 'pick' || value === 'reject' ? { flag: value } : undefined),
  model: (value) => (value === '' ? undefined : { model: value }),
  seed: (value) => (/^\d+$/.test(value) ? { seed: value } : undefined),
  ignored: (value) => (value === '' ? undefined : { ignored: /^(any|\*|egal)$/i.test(value) ? '' : value }),
  obeyed: (value) => {
    if (/^(yes|ja)$/i.test(value)) return { obeysRegions: true }
    return /^(no|nein)$/i.test(value) ? { obeysRegions: false } : undefined
  },
  date: (value, now) => {
    const range = dateRange(value, now)
    return range === undefined ? undefined : { fromMs: range.fromMs, toMs: range.toMs - 1 }
  },
  after: (value, now) => {
    const fromMs = startOf(value, now)
    return fromMs === undefined ? undefined : { fromMs }
  },
  before: (value, now) => {
    const start = startOf(value, now)
    return start === undefined ? undefined : { toMs: start - 1 }
  },
  tag: (value) => (value === '' ? undefined : { tag: value }),
}

const nameOf = (typed: string): TokenName | undefined => {
  const lower = typed.toLowerCase()
  return tokenNames.find((name) => name === lower) ?? otherNames[lower]
}

interface Match extends SearchToken {
  readonly means: Narrow | undefined
}

const matchTokens = (search: string, now: Date): readonly Match[] =>
  [...search.matchAll(tokenPattern)].flatMap((match) => {
    const [text, typed = '', quoted = ''] = match
    const name = nameOf(typed)
    if (name === undefined) return []
    const value = quoted.replaceAll('"', '').trim()
    const from = match.index
    return [{ from, to: from + text.length, text, name, value, means: meanings[name](value, now) }]
  })

/** The tokens of a search that are understood. */
export const searchTokens = (search: string, now = new Date()): readonly SearchToken[] =>
  matchTokens(search, now)
    .filter(({ means }) => means !== undefined)
    .map(({ from, to, text, name, value }) => ({ from, to, text, name, value }))

/** A token as it is written. */
export const writeToken = (name: TokenName, value: string): string =>
  `${name}:${/\s/.test(value) ? `"${value}"` : value}`

const without = (search: string, parts: readonly { readonly from: number; readonly to: number }[]): string =>
  parts
    .toReversed()
    .reduce((text, { from, to }) => `${text.slice(0, from)} ${text.slice(to)}`, search)
    .replace(/\s+/g, ' ')

/**
 * `castle stars:4 model:dusk after:2026-01-31` as a query; days are those of the user's clock. What is not understood stays
 * among the words, except for a token that is still being written at the end.
 */
export function parseSearch(search: string, now = new Date()): Partial<ImageQuery> {
  const matches = matchTokens(search, now)
  const query = Object.assign({}, ...matches.map(({ means }) => means ?? {})) as Narrow // parts of one query
  const taken = matches.filter(({ means, to }) => means !== undefined || to === search.length)
  const text = without(search, taken).trim()
  if (text !== '') query.text = text
  return query
}

/** What was typed, parted into tokens that a space has ended (or all, when typing is over) and what is still being typed. */
export function splitSearch(
  typed: string,
  { isOver }: { readonly isOver: boolean },
): { readonly tokens: readonly SearchToken[]; readonly rest: string } {
  const tokens = searchTokens(typed).filter(({ to }) => isOver || to < typed.length)
  return { tokens, rest: tokens.length === 0 ? typed : without(typed, tokens).trimStart() }
}
