import { z } from 'zod'

/**
 * The small building blocks of every record that crosses a process or comes from a file.
 * Text is hostile until parsed here: control characters never pass, lengths are bounded.
 */

const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000d\u000e-\u001f\u007f]/
const anyControlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** One line: no line breaks, no control characters, at most `limit` characters. */
export const lineSchema = (limit: number) =>
  z
    .string()
    .max(limit)
    .refine((text) => !anyControlCharacter.test(text), 'holds a control character or a line break')

/** Several lines: `\n` and `\t` pass, every other control character does not. */
export const textSchema = (limit: number) =>
  z
    .string()
    .max(limit)
    .refine((text) => !controlCharacters.test(text), 'holds a control character')

/** A name from one of the engine's lists, such as `euler` or `dpmpp-2m`. */
export const nameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._+-]*$/, 'must be a lower-case name')

const largestSeed = (1n << 64n) - 1n

/** A seed as decimal text, 0 … 2^64 - 1: too wide for a number. */
export const seedSchema = z.string().refine(isSeed, 'must be a decimal number from 0 to 2^64 - 1')

/** SHA-256 in lower-case hex. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')

/** A row's id: positive, never used twice. */
export const idSchema = z.int().positive()

/** Milliseconds since 1970, UTC. */
export const momentSchema = z.int().nonnegative()

/** A path inside a folder that the caller names elsewhere: relative, no `..`, no drive, no backslash. */
export const insidePathSchema = lineSchema(260).refine(isInside, 'must be a path inside the folder')

function isInside(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes(':')) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

function isSeed(text: string): boolean {
  return /^(0|[1-9][0-9]{0,19})$/.test(text) && BigInt(text) <= largestSeed
}
