/**
 * Numbers as a NumPy file, version 1.0: float32, little-endian, rows first. `numpy.load` reads it.
 *
 * @param shape  its product is the length of `data`
 * @source numpy.lib.format, "Format Version 1.0"
 */
export const encodeNpy = (shape: readonly number[], data: Float32Array): Uint8Array => {
  const tuple = shape.length === 1 ? `${shape[0] ?? 0},` : shape.join(', ')
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`
  // Header and data together start at a multiple of 64; the header ends with a line break.
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const file = new Uint8Array(10 + padded.length + data.length * 4)
  const view = new DataView(file.buffer)
  file.set([0x93, ...Buffer.from('NUMPY'), 1, 0])
  view.setUint16(8, padded.length, true)
  file.set(Buffer.from(padded, 'latin1'), 10)
  for (const [i, value] of data.entries()) view.setFloat32(10 + padded.length + i * 4, value, true)
  return file
}
