import { endPosition } from '../../../engine/networks/clip/end-position.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'

/** Recorded ids [B, N] as the text tower takes them. */
export const towerFeeds = (ids: NdArray, endTokenId: number | null | undefined) => {
  const [batch = 1, tokens = 1] = ids.shape
  const ends = Array.from({ length: batch }, (_, row) => {
    const rowIds = Array.from(ids.data.subarray(row * tokens, (row + 1) * tokens))
    return BigInt(row * tokens + endPosition(rowIds, endTokenId))
  })
  return {
    sizes: { batch, tokens },
    feeds: {
      ids: { shape: [batch, tokens], data: BigInt64Array.from(ids.data, BigInt) },
      end_positions: { shape: [batch], data: BigInt64Array.from(ends) },
    },
  }
}
