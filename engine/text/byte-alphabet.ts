/** Bytes that are written as the letter of the same number, as inclusive ranges. */
const printableRanges = [
  [33, 126],
  [161, 172],
  [174, 255],
] as const

/**
 * The letter that byte-level vocabularies write for each of the 256 bytes: printable Latin-1 for itself, the others
 * from U+0100 on in order.
 *
 * @source Radford et al. 2019, GPT-2, `bytes_to_unicode`
 */
export function byteAlphabet(): readonly string[] {
  const isPrintable = (byte: number): boolean => printableRanges.some(([low, high]) => byte >= low && byte <= high)
  let others = 0
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : 256 + others++))
}
