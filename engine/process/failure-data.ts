import { inspect } from 'node:util'
import { EngineError, failureCodes } from '../contract/failures.ts'
import type { FailureCode, Facts } from '../contract/failures.ts'

/** An EngineError as plain data, so that it crosses a process border. */
export interface FailureData {
  readonly code: FailureCode
  readonly facts: Facts
  readonly message: string
  /** The messages of the error's causes, outermost first; at most 8. */
  readonly causes: readonly string[]
}

/**
 * Turns whatever was thrown into data. An error that is not an EngineError is a defect of ours and becomes 'unexpected'
 * with its stack as a fact.
 *
 * @param where  the place to name when the error does not name one, such as `media process: decode`
 */
export const toFailureData = (error: unknown, where: string): FailureData => {
  if (error instanceof EngineError) {
    return { code: error.code, facts: error.facts, message: error.message, causes: causesOf(error) }
  }
  const found = error instanceof Error ? `${error.name}: ${error.message}` : `thrown ${inspect(error)}`
  const stack = error instanceof Error ? error.stack : undefined
  const facts: Facts = { where, found, expected: 'no error', ...(stack === undefined ? {} : { stack }) }
  return { code: 'unexpected', facts, message: new EngineError('unexpected', facts).message, causes: causesOf(error) }
}

/** The error again, with its causes as a chain of plain errors. The inverse of `toFailureData` up to the stack. */
export const fromFailureData = ({ code, facts, causes }: FailureData): EngineError => {
  const cause = causes.reduceRight<Error | undefined>(
    (inner, message) => (inner === undefined ? new Error(message) : new Error(message, { cause: inner })),
    undefined,
  )
  return new EngineError(code, facts, cause === undefined ? {} : { cause })
}

/** Whether a value from another process can be trusted to be FailureData: shapes and lengths, not truth. */
export const isFailureData = (value: unknown): value is FailureData => {
  if (!isRecord(value) || !isRecord(value['facts']) || !Array.isArray(value['causes'])) return false
  const { code, facts, message, causes } = value
  return (
    failureCodes.some((known) => known === code) &&
    typeof facts['where'] === 'string' &&
    typeof facts['found'] === 'string' &&
    typeof message === 'string' &&
    causes.length <= maxCauses &&
    causes.every((cause) => typeof cause === 'string')
  )
}

const maxCauses = 8

const causesOf = (error: unknown): string[] => {
  const messages: string[] = []
  let cause = error instanceof Error ? error.cause : undefined
  while (cause !== undefined && messages.length < maxCauses) {
    messages.push(cause instanceof Error ? cause.message : inspect(cause))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return messages
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
