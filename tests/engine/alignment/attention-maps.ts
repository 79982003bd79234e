import type { AttentionMap } from '../../../engine/machine/machine.ts'

/** A map of a layer from rows of probabilities, one row for each place. */
export const attentionMap = (
  layer: string,
  [height, width]: readonly [number, number],
  rows: readonly (readonly number[])[],
): AttentionMap => ({
  layer,
  height,
  width,
  probabilities: { shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) },
})
