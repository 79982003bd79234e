import type { CallHandlers } from '../contract/calls.ts'
import { asLibraryFailure } from '../library/library-failure.ts'

type Handler = (input: never) => unknown

/** The same handlers, whose errors of disk and database (no room, a damaged file) reach the window as what they mean. */
export const translateErrors = (handlers: CallHandlers): CallHandlers => {
  const translated = Object.entries<Handler>(handlers).map(([name, handler]) => [name, translate(handler)])
  return Object.fromEntries(translated) as CallHandlers // The same names with handlers of the same types.
}

const translate =
  (handler: Handler): Handler =>
  async (input) => {
    try {
      return await handler(input)
    } catch (error) {
      throw asLibraryFailure(error)
    }
  }
