import { EngineError } from '../../../engine/contract/failures.ts'

/** The EngineError that `action` ends with; a test fails when it succeeds or throws anything else. */
export const failureOf = async (action: () => unknown): Promise<EngineError> => {
  try {
    await action()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('it was accepted')
}
