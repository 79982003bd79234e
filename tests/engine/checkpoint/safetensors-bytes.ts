/** Builds safetensors files for tests: `header` is written as it is, so that it can be as wrong as a test needs. */
export const safetensorsBytes = (header: string | Uint8Array, dataBytes: number): Uint8Array => {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header
  const bytes = new Uint8Array(8 + json.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

/** Data bytes of each element type used in tests. */
const elementBytes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1, F8_E4M3: 1 }

/** A well-formed file with zeros for data: only names, shapes and types matter. */
export const fileOf = (
  tensors: Readonly<Record<string, readonly number[]>>,
  { dtype = 'F16', metadata }: { dtype?: string; metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array => {
  let offset = 0
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata }
  for (const [name, shape] of Object.entries(tensors)) {
    const end = offset + shape.reduce((product, side) => product * side, elementBytes[dtype] ?? 1)
    header[name] = { dtype, shape, data_offsets: [offset, end] }
    offset = end
  }
  return safetensorsBytes(JSON.stringify(header), offset)
}
