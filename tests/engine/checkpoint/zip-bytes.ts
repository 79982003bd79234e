interface ZipForm {
  /** With the second end record that archives above 4 GB have. */
  readonly is64?: boolean
  readonly comment?: string
}

/** A zip archive of empty files with these names, nothing packed. */
export const zipBytes = (names: readonly string[], { is64 = false, comment = '' }: ZipForm = {}): Buffer => {
  const files = names.map((name) => Buffer.concat([localHeader(name), Buffer.from(name)]))
  const offsets = files.map((_, i) => Buffer.concat(files.slice(0, i)).length)
  const directory = Buffer.concat(
    names.map((name, i) => Buffer.concat([entry(name, offsets[i] ?? 0), Buffer.from(name)])),
  )
  const start = Buffer.concat(files).length
  const place = { entries: names.length, bytes: directory.length, offset: start }
  const large = is64 ? end64(place, start + directory.length) : Buffer.alloc(0)
  return Buffer.concat([...files, directory, large, end(place, is64, comment.length), Buffer.from(comment)])
}

const localHeader = (name: string): Buffer => {
  const bytes = Buffer.alloc(30)
  bytes.writeUInt32LE(0x04034b50, 0)
  bytes.writeUInt16LE(Buffer.byteLength(name), 26)
  return bytes
}

const entry = (name: string, offset: number): Buffer => {
  const bytes = Buffer.alloc(46)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE(Buffer.byteLength(name), 28)
  bytes.writeUInt32LE(offset, 42)
  return bytes
}

interface Place {
  readonly entries: number
  readonly bytes: number
  readonly offset: number
}

const end = ({ entries, bytes: size, offset }: Place, is64: boolean, comment: number): Buffer => {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x06054b50, 0)
  bytes.writeUInt16LE(is64 ? 0xffff : entries, 10)
  bytes.writeUInt32LE(is64 ? 0xffffffff : size, 12)
  bytes.writeUInt32LE(is64 ? 0xffffffff : offset, 16)
  bytes.writeUInt16LE(comment, 20)
  return bytes
}

const end64 = ({ entries, bytes: size, offset }: Place, at: number): Buffer => {
  const bytes = Buffer.alloc(56 + 20)
  bytes.writeUInt32LE(0x06064b50, 0)
  bytes.writeBigUInt64LE(BigInt(entries), 32)
  bytes.writeBigUInt64LE(BigInt(size), 40)
  bytes.writeBigUInt64LE(BigInt(offset), 48)
  bytes.writeUInt32LE(0x07064b50, 56)
  bytes.writeBigUInt64LE(BigInt(at), 64)
  return bytes
}
