import { z } from 'zod'
import { EngineError, failureCodes } from './failures.ts'
import type { Facts, FailureCode } from './failures.ts'

const factSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

/** An EngineError as plain data: what a window or a row keeps of it. */
export const failureSchema = z.strictObject({
  code: z.enum(failureCodes),
  facts: z.record(z.string(), factSchema),
  message: z.string(),
})
export interface Failure {
  readonly code: FailureCode
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly message: string
}

/**
 * Makes data of whatever was thrown. Stacks and anything that is not an EngineError stay behind: a window gets
 * 'unexpected' with the place, the log gets the rest.
 */
export const toFailure = (error: unknown, where: string): z.infer<typeof failureSchema> => {
  const known =
    error instanceof EngineError ? error : new EngineError('unexpected', { where, found: 'an unexpected error' })
  const facts: Record<string, string | number | boolean | string[]> = {}
  for (const [name, value] of Object.entries(known.facts)) {
    if (value !== undefined) facts[name] = typeof value === 'object' ? [...value] : value
  }
  return { code: known.code, facts, message: known.message }
}

/** The error again, to be thrown on the other side of a pipe. */
export const toError = ({ code, facts }: Failure): EngineError => {
  const where = typeof facts['where'] === 'string' ? facts['where'] : 'engine'
  const found = typeof facts['found'] === 'string' ? facts['found'] : code
  const rest: Facts = { ...facts, where, found }
  return new EngineError(code, rest)
}
