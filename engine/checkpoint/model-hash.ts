import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { Run } from '../machine/run.ts'

/**
 * SHA-256 of a file in hexadecimal, read in pieces: a model of 7 GB takes some seconds and no memory.
 *
 * @throws EngineError 'file-unreadable' | 'cancelled'
 */
export const fileHash = async (file: string, { signal }: Partial<Pick<Run, 'signal'>> = {}): Promise<string> => {
  const hash = createHash('sha256')
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 4 * 1024 * 1024, ...(signal && { signal }) })) {
      hash.update(piece as Buffer) // a stream without encoding gives buffers
    }
  } catch (cause) {
    throw hashFailure(basename(file), cause, signal?.aborted === true)
  }
  return hash.digest('hex')
}

/** The model hash as A1111 writes it into pictures: the first 10 digits of the file's SHA-256. Errors as `fileHash`. */
export const modelHash = async (file: string, options: Partial<Pick<Run, 'signal'>> = {}): Promise<string> =>
  (await fileHash(file, options)).slice(0, 10)

const hashFailure = (where: string, cause: unknown, isCancelled: boolean): EngineError =>
  new EngineError(
    isCancelled ? 'cancelled' : 'file-unreadable',
    {
      where,
      found: isCancelled ? 'the hash was cancelled' : String(cause),
      expected: 'a file that can be read to its end',
      remedy: 'Check that its disk is connected.',
    },
    { cause },
  )
