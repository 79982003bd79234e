import type { z } from 'zod'

/** What is wrong in a file that somebody wrote by hand, in the parts of an error. */
export interface ExplainedIssue {
  /** Such as `regions[0].shape.x`; empty for the whole. */
  readonly place: string
  readonly found: string
  readonly expected: string
}

/**
 * Says what zod found wrong: where, which value stands there and which would fit.
 *
 * @param raw  what was checked
 */
export const explainIssue = (issue: z.core.$ZodIssue, raw: unknown): ExplainedIssue => {
  const place = placeOf(issue.path)
  const value = valueAt(raw, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return { place, found: `the unknown field ${issue.keys.map(quote).join(', ')}`, expected: 'only known fields' }
    case 'invalid_type':
      return { place, found: show(value), expected: `${article(issue.expected)} ${issue.expected}` }
    case 'invalid_value':
      return { place, found: show(value), expected: issue.values.map((known) => JSON.stringify(known)).join(' or ') }
    case 'invalid_union':
      return { place, found: show(value), expected: afterColon(issue.message.replace(/^.*Expected /, '')) }
    case 'custom':
      return typeof value === 'object'
        ? { place, found: issue.message, expected: 'a layout without that' }
        : { place, found: show(value), expected: issue.message.replace(/^must be /, '') }
    default:
      return { place, found: show(value), expected: afterColon(issue.message) }
  }
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')

const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined,
    raw,
  )

const longest = 60

const show = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}

/** "Too small: expected string to have >=1 characters" is what is expected. */
const afterColon = (message: string): string => message.replace(/^[^:]*: expected /, '')

const quote = (text: string): string => JSON.stringify(text.slice(0, longest))

const article = (noun: string): string => (/^[aeio]/.test(noun) ? 'an' : 'a')
