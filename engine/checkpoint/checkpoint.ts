import { open, realpath, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { foreignFailure, foreignFormat, zipFormat } from './foreign-format.ts'
import { zipNames } from './zip-names.ts'
import { parseSafetensorsHeader, prefixBytes, readHeaderLength, type SafetensorsHeader } from './safetensors.ts'

/** An opened safetensors file: its header is checked, its tensors stay on disk. */
export interface Checkpoint extends SafetensorsHeader {
  /** Absolute path with symbolic links resolved, so that ONNX Runtime may read from it. */
  readonly file: string
  /** In bytes, when it was opened; reading a tensor checks that it is still the same. */
  readonly size: number
}

/**
 * Opens a `.safetensors` file: reads and checks its header, nothing else.
 *
 * @throws EngineError 'file-unreadable', 'file-malformed', 'file-unsafe' (a pickle), 'format-unsupported' (GGUF)
 */
export const openCheckpoint = async (path: string): Promise<Checkpoint> => {
  const file = await resolveFile(path)
  return withFile(file, async (handle) => {
    const where = basename(path)
    const size = await fileSize(handle, where)
    const prefix = await readBytes(handle, 0, Math.min(prefixBytes, size), where)
    const format = foreignFormat(prefix)
    if (format === 'zip') throw foreignFailure(zipFormat(await namesOfZip(handle, size, where)), where)
    if (format !== undefined) throw foreignFailure(format, where)
    const length = readHeaderLength(prefix, size, where)
    const header = parseSafetensorsHeader(await readBytes(handle, prefixBytes, length, where), size, where)
    return { file, size, ...header }
  })
}

const namesOfZip = (handle: FileHandle, size: number, where: string): ReturnType<typeof zipNames> =>
  zipNames(handle, size).catch((cause: unknown) => unreadable(where, cause))

/** Opens `file` for reading, hands it to `use` and closes it whatever happens. @throws EngineError 'file-unreadable' */
export const withFile = async <Result>(file: string, use: (handle: FileHandle) => Promise<Result>): Promise<Result> => {
  const handle = await open(file, 'r').catch((cause: unknown) => unreadable(basename(file), cause))
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

/**
 * Exactly `length` bytes from `position`, in a buffer of their own (aligned for any element type).
 *
 * @throws EngineError 'file-unreadable' when the disk fails, 'file-malformed' when the file ends before
 */
export const readBytes = async (
  handle: FileHandle,
  position: number,
  length: number,
  where: string,
): Promise<Uint8Array> => {
  const bytes = new Uint8Array(new ArrayBuffer(length))
  let filled = 0
  while (filled < length) {
    const share = Math.min(length - filled, largestRead)
    const { bytesRead } = await handle
      .read(bytes, filled, share, position + filled)
      .catch((cause: unknown) => unreadable(where, cause))
    if (bytesRead === 0) throw changedFile(where, `the end of the file at byte ${position + filled}`)
    filled += bytesRead
  }
  return bytes
}

/** Size of an opened file. @throws EngineError 'file-unreadable' when it is not an ordinary file */
export const fileSize = async (handle: FileHandle, where: string): Promise<number> => {
  const status = await handle.stat()
  if (!status.isFile()) {
    throw new EngineError('file-unreadable', {
      where,
      found: 'something that is not an ordinary file',
      expected: 'a file',
      remedy: 'Choose the file itself, not its folder.',
    })
  }
  return status.size
}

/** The failure of a file that is not what it was when it was opened. */
export const changedFile = (where: string, found: string): EngineError =>
  new EngineError('file-malformed', {
    where,
    found,
    expected: 'the file as it was when it was opened',
    remedy: 'Another program changed it: wait until that is done, then load the model again.',
  })

/** Linux reads at most 2^31 - 4096 bytes at once. */
const largestRead = 2 ** 30

/** Absolute path with symbolic links resolved. @throws EngineError 'file-unreadable' */
export const resolveFile = async (path: string): Promise<string> =>
  realpath(path).catch((cause: unknown) => unreadable(basename(path), cause))

const unreadable = (where: string, cause: unknown): never => {
  throw new EngineError(
    'file-unreadable',
    {
      where,
      found: cause instanceof Error ? cause.message : String(cause),
      expected: 'a file that can be read',
      remedy: 'Check that it exists, that its disk is connected and that you may read it.',
    },
    { cause },
  )
}
