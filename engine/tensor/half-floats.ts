/// <reference lib="esnext.float16" />

/** The values of half floats (IEEE 754 binary16) by their bits; exact. */
export const float16ToFloat32 = (bits: Uint16Array): Float32Array =>
  new Float32Array(new Float16Array(bits.buffer, bits.byteOffset, bits.length))

/** The bits of the nearest half floats, ties to even; from 65520 on infinity, NaN stays NaN. */
export const float32ToFloat16 = (values: Float32Array): Uint16Array => new Uint16Array(new Float16Array(values).buffer)

/** The values of bfloat16 numbers (the upper half of a float32) by their bits; exact. */
export const bfloat16ToFloat32 = (bits: Uint16Array): Float32Array => {
  const words = new Uint32Array(bits.length)
  for (const [i, value] of bits.entries()) words[i] = value << 16
  return new Float32Array(words.buffer)
}

/** The bits of the nearest bfloat16 numbers, ties to even; overflow gives infinity, NaN stays NaN. */
export const float32ToBfloat16 = (values: Float32Array): Uint16Array => {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const bits = new Uint16Array(values.length)
  for (const [i, word] of words.entries()) {
    const isNaN = (word & 0x7fffffff) > 0x7f800000
    // Half of the lowest kept bit, less one unless that bit is odd; a NaN keeps its upper bits and is made quiet
    bits[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
  }
  return bits
}
