import { deflateSync, inflateSync } from 'node:zlib'
import { EngineError } from '../../contract/failures.ts'
import { encodeChunk, isIntact, readChunks } from './png-chunks.ts'
import type { PngChunk } from './png-chunks.ts'

/** A text inside a PNG. It comes from anyone: neither keyword nor text is cleaned here. */
export interface PngText {
  readonly keyword: string
  readonly text: string
}

/** A text that was left out, and why. */
export interface SkippedText {
  readonly keyword: string
  readonly reason: 'damaged' | 'too-large' | 'too-many'
}

export interface TextLimits {
  /** For one text, after inflating. */
  readonly textBytes: number
  /** For all texts together, after inflating. */
  readonly totalBytes: number
  readonly texts: number
}

export const textLimits: TextLimits = { textBytes: 4 * 2 ** 20, totalBytes: 16 * 2 ** 20, texts: 100 }

/**
 * Reads the texts of a PNG file: tEXt, zTXt and iTXt, whole or damaged file alike. Never inflates beyond the limits, so
 * a compressed bomb costs no more than `limits.totalBytes`; what does not fit is named in `skipped`.
 */
export const readTexts = (
  bytes: Uint8Array,
  limits: TextLimits = textLimits,
): { readonly texts: readonly PngText[]; readonly skipped: readonly SkippedText[] } => {
  const texts: PngText[] = []
  const skipped: SkippedText[] = []
  let left = limits.totalBytes
  for (const chunk of readChunks(bytes)
    .chunks.filter(({ type }) => type in readers)
    .slice(0, limits.texts * 2)) {
    const keyword = keywordOf(chunk)
    const outcome =
      texts.length === limits.texts ? 'too-many' : readText(bytes, chunk, Math.min(left, limits.textBytes))
    if (typeof outcome === 'string') {
      skipped.push({ keyword, reason: outcome })
      continue
    }
    left -= outcome.bytes.length
    texts.push({ keyword, text: decode(outcome.bytes) })
  }
  return { texts, skipped }
}

/**
 * The bytes of a chunk that holds `text`: tEXt where ASCII is enough, else iTXt, which is UTF-8. (tEXt would allow
 * Latin-1, but half of all readers take it for UTF-8.)
 *
 * @param keyword   1 to 79 printable ASCII characters
 * @param compress  makes it iTXt with deflate, for long texts that only we read
 */
export const encodeText = ({ keyword, text }: PngText, { compress = false } = {}): Uint8Array => {
  if (!/^[!-~](?:[ -~]{0,77}[!-~])?$/.test(keyword)) {
    throw new EngineError('bad-argument', { where: 'PNG text', found: `keyword ${JSON.stringify(keyword)}` })
  }
  if (text.includes('\0')) throw new EngineError('bad-argument', { where: 'PNG text', found: 'a NUL in the text' })
  const bytes = Buffer.from(text.toWellFormed(), 'utf8')
  const name = Buffer.from(`${keyword}\0`, 'latin1')
  if (!compress && bytes.length === text.length) return encodeChunk('tEXt', Buffer.concat([name, bytes]))
  // After the keyword: compressed?, method, language NUL, translated keyword NUL.
  const flags = Uint8Array.of(compress ? 1 : 0, 0, 0, 0)
  return encodeChunk('iTXt', Buffer.concat([name, flags, compress ? deflateSync(bytes, { level: 9 }) : bytes]))
}

interface Found {
  readonly bytes: Uint8Array
}

const readText = (file: Uint8Array, chunk: PngChunk, limit: number): Found | SkippedText['reason'] => {
  if (!isIntact(file, chunk)) return 'damaged'
  const afterKeyword = chunk.data.subarray(chunk.data.indexOf(0) + 1)
  if (chunk.data.indexOf(0) < 1) return 'damaged'
  return readers[chunk.type as keyof typeof readers](afterKeyword, limit) // chunks were chosen by `type in readers`
}

const plain = (bytes: Uint8Array, limit: number): Found | SkippedText['reason'] =>
  bytes.length > limit ? 'too-large' : { bytes }

const inflated = (bytes: Uint8Array, limit: number): Found | SkippedText['reason'] => {
  try {
    return { bytes: inflateSync(bytes, { maxOutputLength: Math.max(1, limit) }) }
  } catch (error) {
    return error instanceof RangeError ? 'too-large' : 'damaged'
  }
}

const readers = {
  tEXt: plain,
  zTXt: (bytes: Uint8Array, limit: number) => (bytes[0] === 0 ? inflated(bytes.subarray(1), limit) : 'damaged'),
  iTXt: (bytes: Uint8Array, limit: number) => {
    const [isCompressed, method] = bytes
    const languageEnd = bytes.indexOf(0, 2)
    const translationEnd = languageEnd < 0 ? -1 : bytes.indexOf(0, languageEnd + 1)
    if (translationEnd < 0 || isCompressed === undefined || isCompressed > 1) return 'damaged'
    const body = bytes.subarray(translationEnd + 1)
    if (isCompressed === 0) return plain(body, limit)
    return method === 0 ? inflated(body, limit) : 'damaged'
  },
} as const

const keywordOf = ({ data }: PngChunk): string => {
  const end = data.subarray(0, 80).indexOf(0)
  return Buffer.from(data.subarray(0, end < 0 ? 79 : end)).toString('latin1')
}

/** UTF-8 if it can be: the standard says Latin-1 for two of the three, and many programs write UTF-8 all the same. */
const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  }
}
