import { asDiskFailure } from '../files/disk-failure.ts'
import { asEngineError } from './open-database.ts'

/** Errors of SQLite and of file calls as EngineErrors; whatever else was thrown is a defect and comes back as it is. */
export const asLibraryFailure = (error: unknown): unknown => asDiskFailure(asEngineError(error, 'library.db'))

/** Does some work on a library whose failures of disk and database are thrown as EngineErrors. */
export const withLibraryFailures = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    throw asLibraryFailure(error)
  }
}
