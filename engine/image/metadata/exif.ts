/** The texts of an EXIF block that programs keep settings in. None of them is cleaned here. */
export interface ExifTexts {
  readonly userComment?: string
  readonly makerNote?: string
  readonly imageDescription?: string
  readonly software?: string
  readonly make?: string
  readonly model?: string
}

const tags: ReadonlyMap<number, keyof ExifTexts> = new Map([
  [0x010e, 'imageDescription'],
  [0x010f, 'make'],
  [0x0110, 'model'],
  [0x0131, 'software'],
  [0x927c, 'makerNote'],
  [0x9286, 'userComment'],
] as const)

const exifPointer = 0x8769
const maxEntries = 500
const maxTextBytes = 4 * 2 ** 20
const header = 'Exif\0\0'

/**
 * Reads the texts of an EXIF block (a TIFF directory and its Exif directory, nothing deeper). Never throws and never
 * reads outside `block`: what makes no sense is passed over.
 *
 * @param block  with or without the `Exif\0\0` that JPEG puts in front
 */
export const readExif = (block: Uint8Array): ExifTexts => {
  const bytes = startsWith(block, header) ? block.subarray(header.length) : block
  const order = startsWith(bytes, 'II*\0') ? 'little' : startsWith(bytes, 'MM\0*') ? 'big' : undefined
  if (order === undefined || bytes.length < 8) return {}
  const tiff: Tiff = { bytes, view: viewOf(bytes), isLittle: order === 'little' }
  const texts: Partial<Record<keyof ExifTexts, string>> = {}
  const main = readDirectory(tiff, tiff.view.getUint32(4, tiff.isLittle))
  const inner = main.find(({ tag }) => tag === exifPointer)
  for (const entry of [...main, ...(inner === undefined ? [] : readDirectory(tiff, inner.value))]) {
    const name = tags.get(entry.tag)
    if (name !== undefined) texts[name] ??= decodeText(entry, tiff.isLittle)
  }
  return texts
}

/**
 * An EXIF block that holds one text as UserComment in UTF-16, as A1111 (piexif) writes it. Without `Exif\0\0`.
 */
export const writeUserComment = (text: string): Uint8Array => {
  const comment = Buffer.concat([Buffer.from('UNICODE\0', 'latin1'), Buffer.from(text, 'utf16le').swap16()])
  const block = new Uint8Array(44 + comment.length)
  const view = viewOf(block)
  // Header, then a directory with one entry (the pointer to the Exif directory), then that directory with one entry.
  block.set(Buffer.from('MM\0*', 'latin1'))
  view.setUint32(4, 8)
  writeDirectory(view, 8, { tag: exifPointer, type: 4, count: 1, value: 26 })
  writeDirectory(view, 26, { tag: 0x9286, type: 7, count: comment.length, value: 44 })
  block.set(comment, 44)
  return block
}

interface Tiff {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly isLittle: boolean
}

interface Entry {
  readonly tag: number
  readonly data: Uint8Array
  /** The same four bytes as a number: a pointer, for entries that are one. */
  readonly value: number
}

const readDirectory = ({ bytes, view, isLittle }: Tiff, start: number): readonly Entry[] => {
  if (start + 2 > bytes.length) return []
  const count = Math.min(maxEntries, view.getUint16(start, isLittle))
  const entries: Entry[] = []
  for (let at = start + 2; at + 12 <= bytes.length && entries.length < count; at += 12) {
    const size = typeSizes[view.getUint16(at + 2, isLittle)] ?? 0
    const length = Math.min(maxTextBytes, size * view.getUint32(at + 4, isLittle))
    const value = view.getUint32(at + 8, isLittle)
    const from = length <= 4 ? at + 8 : value
    // subarray cuts at the end of the block, so a length that lies gives what is there.
    entries.push({ tag: view.getUint16(at, isLittle), data: bytes.subarray(from, from + length), value })
  }
  return entries
}

/** Bytes of one element by type; texts are 1 (bytes), 2 (ASCII) or 7 (undefined). */
const typeSizes: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

const writeDirectory = (
  view: DataView,
  at: number,
  { tag, type, count, value }: { tag: number; type: number; count: number; value: number },
): void => {
  view.setUint16(at, 1)
  view.setUint16(at + 2, tag)
  view.setUint16(at + 4, type)
  view.setUint32(at + 6, count)
  view.setUint32(at + 10, value)
}

const decodeText = ({ tag, data }: Entry, isLittle: boolean): string => {
  if (tag === 0x9286 && startsWith(data, 'UNICODE\0')) return decodeUtf16(data.subarray(8), isLittle)
  const hasCode =
    tag === 0x9286 && ['ASCII\0\0\0', 'JIS\0\0\0\0\0', '\0\0\0\0\0\0\0\0'].some((code) => startsWith(data, code))
  return new TextDecoder('utf-8').decode(hasCode ? data.subarray(8) : data).replace(/\0+$/, '')
}

/** The block's own byte order by the standard; but writers disagree, so the zeros of Latin letters decide. */
const decodeUtf16 = (data: Uint8Array, isLittle: boolean): string => {
  let [evenZeros, oddZeros] = [0, 0]
  for (let i = 0; i + 1 < Math.min(data.length, 2000); i += 2) {
    if (data[i] === 0) evenZeros += 1
    if (data[i + 1] === 0) oddZeros += 1
  }
  const asLittle = evenZeros === oddZeros ? isLittle : oddZeros > evenZeros
  return new TextDecoder(asLittle ? 'utf-16le' : 'utf-16be').decode(data).replace(/\0+$/, '')
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  bytes.length >= text.length && [...text].every((sign, i) => bytes[i] === sign.charCodeAt(0))

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
