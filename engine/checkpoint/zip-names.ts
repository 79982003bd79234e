import type { FileHandle } from 'node:fs/promises'

/** At most this much of a directory is read: some 300,000 names, far more than any checkpoint has tensors. */
const mostDirectoryBytes = 32 * 1024 * 1024
/** The end record and the longest comment behind it. */
const mostEndBytes = 22 + 65_535
const localMark = 0x04034b50
const entryMark = 0x02014b50
const endMark = 0x06054b50
const end64Mark = 0x06064b50
const locator64Mark = 0x07064b50

/**
 * The names in a zip archive: that of its first entry, and those of its directory. Nothing is unpacked.
 *
 * @returns `isWhole` false when the directory cannot be read to its end, as in a download that broke off
 * @throws what `handle.read` throws
 * @source PKWARE, APPNOTE.TXT 6.3.10, 4.3
 */
export const zipNames = async (
  handle: FileHandle,
  size: number,
): Promise<{ readonly names: readonly string[]; readonly isWhole: boolean }> => {
  const first = await firstName(handle, size)
  const place = await findDirectory(handle, size)
  if (place === undefined) return { names: first, isWhole: false }
  const directory = await read(handle, place.offset, Math.min(place.bytes, mostDirectoryBytes))
  const { names, count } = namesIn(directory)
  return { names: [...first, ...names], isWhole: count === place.entries && place.bytes <= mostDirectoryBytes }
}

interface DirectoryPlace {
  readonly offset: number
  readonly bytes: number
  readonly entries: number
}

const firstName = async (handle: FileHandle, size: number): Promise<readonly string[]> => {
  const bytes = await read(handle, 0, Math.min(size, 30 + 65_535))
  if (bytes.length < 30 || bytes.readUInt32LE(0) !== localMark) return []
  return [bytes.toString('utf8', 30, 30 + bytes.readUInt16LE(26))]
}

const findDirectory = async (handle: FileHandle, size: number): Promise<DirectoryPlace | undefined> => {
  const from = Math.max(0, size - mostEndBytes)
  const tail = await read(handle, from, size - from)
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endMark || at + 22 + tail.readUInt16LE(at + 20) !== tail.length) continue
    const place = {
      entries: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    }
    const isLarge = place.entries === 0xffff || place.bytes === 0xffffffff || place.offset === 0xffffffff
    const found = isLarge ? await findDirectory64(handle, from + at) : place
    return found !== undefined && found.offset + found.bytes <= from + at ? found : undefined
  }
  return undefined
}

/** Files above 4 GB keep the place of their directory in a second record. */
const findDirectory64 = async (handle: FileHandle, end: number): Promise<DirectoryPlace | undefined> => {
  const locator = await read(handle, Math.max(0, end - 20), 20)
  if (locator.length < 20 || locator.readUInt32LE(0) !== locator64Mark) return undefined
  const at = Number(locator.readBigUInt64LE(8))
  if (at >= end) return undefined
  const record = await read(handle, at, 56)
  if (record.length < 56 || record.readUInt32LE(0) !== end64Mark) return undefined
  return {
    entries: Number(record.readBigUInt64LE(32)),
    bytes: Number(record.readBigUInt64LE(40)),
    offset: Number(record.readBigUInt64LE(48)),
  }
}

const namesIn = (directory: Buffer): { readonly names: readonly string[]; readonly count: number } => {
  const names: string[] = []
  let at = 0
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === entryMark) {
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field))
    const end = at + 46 + (name ?? 0)
    if (end > directory.length) break
    names.push(directory.toString('utf8', at + 46, end))
    at = end + (extra ?? 0) + (comment ?? 0)
  }
  return { names, count: names.length }
}

/** As many of the bytes as there are. */
const read = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
