import {
  add,
  cast,
  concat,
  constant,
  matmul,
  mul,
  neg,
  reduceSum,
  reshape,
  softmax,
  transpose,
} from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'
import { attentionTiles, rangeOf, type Range } from './attention-tiles.ts'

/** Scores of some heads and queries, as they are computed again. Letters: B batch, h heads, n queries, M keys, d head width. */
interface Tile {
  /** Scaled queries, [B, h, n, d]. */
  readonly query: Value
  /** [B, h, M, d]. */
  readonly key: Value
  /** Gradient of the result, [B, h, n, d]. */
  readonly g: Value
  /** [B, h, n, M]. */
  readonly probabilities: Value
  /** Gradient of the scaled, biased scores, [B, h, n, M]. */
  readonly gScores: Value
}

/**
 * The probabilities P = softmax(S) are computed again, tile by tile, and never stored all at once. Their gradient
 * needs the row sums of P ∘ (g Vᵀ), which are those of g ∘ result: they enter as one more column of g against a row
 * of ones, so that one product gives g Vᵀ − sums.
 *
 * @source Rabe & Staats 2021, arXiv:2112.05682; Dao et al. 2022, arXiv:2205.14135, section 3.1 and appendix B.2
 */
export const attentionRules: Rules<'attention'> = {
  attention: (g, operands, y) => {
    const tiles = recomputeTiles(g, operands, y)
    return {
      query: () => joinHeads(mul(acrossTiles(tiles, byQueries), scalarLike(g, y.attributes.scale))),
      key: () => joinTransposedHeads(acrossHeads(tiles, ({ query, gScores }) => matmul(swap(query), gScores))),
      value: () => joinTransposedHeads(acrossHeads(tiles, (tile) => matmul(swap(tile.g), tile.probabilities))),
      bias: () => acrossTiles(tiles, ({ gScores }) => gScores),
    }
  },
}

const byQueries = ({ gScores, key }: Tile): Value => matmul(gScores, key)

interface AttentionOperands {
  readonly query: Value
  readonly key: Value
  readonly value: Value
  readonly bias?: Value
}

/** The tiles of each group of heads, in the order of their queries. */
const recomputeTiles = (g: Value, operands: AttentionOperands, y: Value<'attention'>): readonly (readonly Tile[])[] => {
  const { heads, scale } = y.attributes
  const query = splitHeads(mul(operands.query, scalarLike(g, scale)), heads)
  const key = splitHeads(operands.key, heads)
  const keyAcross = swap(key)
  const values = withRowOfOnes(swap(splitHeads(operands.value, heads)))
  const gHeads = splitHeads(g, heads)
  const gWithSums = concat([gHeads, neg(rowSums(g, y, heads))], 3)
  const { bias } = operands
  const [batch = 1, , queries = 1] = query.shape
  return attentionTiles({ batch, heads, queries, keys: key.shape[2] ?? 1 }).map((group) =>
    group.queries.map((rows): Tile => {
      const tileOf = (x: Value): Value => rangeOf(rangeOf(x, 1, group.heads), 2, rows)
      const products = matmul(tileOf(query), rangeOf(keyAcross, 1, group.heads))
      const probabilities = softmax(bias ? add(products, biasOf(bias, group.heads, rows)) : products, 3)
      const gScores = mul(probabilities, matmul(tileOf(gWithSums), rangeOf(values, 1, group.heads)))
      return { query: tileOf(query), key: rangeOf(key, 1, group.heads), g: tileOf(gHeads), probabilities, gScores }
    }),
  )
}

/** Σ over each head's width of g ∘ y: [B, N, C] → [B, h, N, 1]. */
const rowSums = (g: Value, y: Value, heads: number): Value => reduceSum(splitHeads(mul(g, y), heads), [3])

/** [B, h, d, M] → [B, h, d + 1, M]. */
const withRowOfOnes = (x: Value): Value => {
  const [batch = 1, heads = 1, , keys = 1] = x.shape
  const data = new Float32Array(batch * heads * keys).fill(1)
  return concat([x, cast(constant({ shape: [batch, heads, 1, keys], data }), x.dtype)], 2)
}

/** One bias of all heads stays as it is. */
const biasOf = (bias: Value, heads: Range, queries: Range): Value => {
  return rangeOf(bias.shape[1] === 1 ? bias : rangeOf(bias, 1, heads), 2, queries)
}

/** Queries side by side, then heads: [B, h, n, ·] of each tile → [B, heads, N, ·]. */
const acrossTiles = (tiles: readonly (readonly Tile[])[], part: (tile: Tile) => Value): Value =>
  concat(tiles.map((rows) => concat(rows.map(part), 2)), 1) // prettier-ignore

/** Summed over queries, heads side by side: [B, h, ·, M] of each tile → [B, heads, ·, M]. */
const acrossHeads = (tiles: readonly (readonly Tile[])[], part: (tile: Tile) => Value): Value =>
  concat(tiles.map((rows) => rows.map(part).reduce(add)), 1) // prettier-ignore

/** [B, N, C] → [B, heads, N, d]. */
const splitHeads = (x: Value, heads: number): Value => {
  const [batch = 1, positions = 1, width = 1] = x.shape
  return transpose(reshape(x, [batch, positions, heads, width / heads]), [0, 2, 1, 3])
}

/** [B, heads, N, d] → [B, N, C]. */
const joinHeads = (x: Value): Value => {
  const [batch = 1, , positions = 1] = x.shape
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, positions, -1])
}

/** [B, heads, d, M] → [B, M, C]. */
const joinTransposedHeads = (x: Value): Value => {
  const [batch = 1, , , positions = 1] = x.shape
  return reshape(transpose(x, [0, 3, 1, 2]), [batch, positions, -1])
}

const swap = (x: Value): Value => transpose(x, [0, 1, 3, 2])
