import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { isErrno, writeFailure } from './write-failure.ts'

/** Calls that only look; every other one writes, or opens to write. */
const looking = new Set([
  'read',
  'scandir',
  'opendir',
  'stat',
  'lstat',
  'fstat',
  'statfs',
  'realpath',
  'access',
  'readlink',
])

/**
 * An error of the system (`ENOSPC`, `EACCES`, ...) from a file call, as an EngineError with it as the cause; whatever else
 * was thrown comes back as it is.
 */
export const asDiskFailure = (error: unknown): unknown => {
  if (!isSystemError(error)) return error
  const path = error.path ?? 'a file'
  if (!looking.has(error.syscall)) return writeFailure(path, error)
  return readFailure(path, error)
}

/** What a failed read means: 'not-found' when nothing is there, else 'file-unreadable'. */
export const readFailure = (path: string, error: unknown): EngineError => {
  if (error instanceof EngineError) return error
  const isGone = isErrno(error, 'ENOENT', 'ENOTDIR')
  const found = isGone ? 'nothing of that name' : error instanceof Error ? error.message : String(error)
  const remedy = isGone ? 'Put it back or choose another.' : 'Check the disk and try again.'
  const facts = { where: `reading ${basename(path)}`, found, remedy }
  return new EngineError(isGone ? 'not-found' : 'file-unreadable', facts, { cause: error })
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { readonly syscall: string } =>
  error instanceof Error && 'syscall' in error && typeof error.syscall === 'string' && 'errno' in error
