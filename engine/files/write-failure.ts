import { basename, dirname } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { FailureCode } from '../contract/failures.ts'

interface Meaning {
  readonly code: FailureCode
  readonly found: string
  readonly remedy: string
}

const retry = 'Check the disk and try again.'

const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: { code: 'disk-full', found: 'the disk is full', remedy: 'Free some space and try again.' },
  EDQUOT: { code: 'disk-full', found: 'the disk quota is used up', remedy: 'Free some space and try again.' },
  EFBIG: { code: 'disk-full', found: 'the file is too large for this disk', remedy: 'Choose another disk.' },
  EEXIST: {
    code: 'conflict',
    found: 'a file of that name is there already',
    remedy: 'Choose another name or ask for it to be replaced.',
  },
  ENOENT: { code: 'not-found', found: 'the folder does not exist', remedy: 'Create it or choose another.' },
  ENOTDIR: { code: 'not-found', found: 'the folder is not a folder', remedy: 'Choose another.' },
  EISDIR: { code: 'conflict', found: 'a folder of that name is there already', remedy: 'Choose another name.' },
  EACCES: { code: 'refused', found: 'writing there is not allowed', remedy: 'Choose a folder of your own.' },
  EPERM: { code: 'refused', found: 'writing there is not allowed', remedy: 'Choose a folder of your own.' },
  EROFS: { code: 'refused', found: 'the disk is read-only', remedy: 'Choose another disk.' },
  ENAMETOOLONG: { code: 'bad-argument', found: 'the name is too long', remedy: 'Choose a shorter one.' },
  EMFILE: { code: 'file-unwritable', found: 'too many files are open', remedy: 'Try again.' },
  EIO: { code: 'file-unwritable', found: 'the disk reported an error', remedy: retry },
}

/** What a failed write means, as an EngineError with the system's own error as its cause. */
export const writeFailure = (path: string, error: unknown): EngineError => {
  if (error instanceof EngineError) return error
  const errno = errnoOf(error)
  const meaning = errno === undefined ? undefined : meanings[errno]
  const { code, found, remedy } = meaning ?? {
    code: 'file-unwritable' as const,
    found: error instanceof Error ? error.message : String(error),
    remedy: retry,
  }
  const facts = { where: `writing ${basename(path)}`, found, remedy, folder: dirname(path) }
  return new EngineError(code, errno === undefined ? facts : { ...facts, errno }, { cause: error })
}

/** Whether an error is one of these errors of the system, such as 'EEXIST'. */
export const isErrno = (error: unknown, ...errnos: readonly string[]): boolean => errnos.includes(errnoOf(error) ?? '')

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
