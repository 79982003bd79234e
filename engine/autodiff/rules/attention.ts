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
import { joinHeads, splitHeads } from '../../graph/lower/attention.ts'
import type { Value } from '../../graph/value.ts'
import { accumulate } from '../accumulate.ts'
import type { Rules, Walk } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'
import { attentionTiles, rangeOf, type Range } from './attention-tiles.ts'

/**
 * The probabilities P = softmax(S) are computed again, tile by tile, and never stored all at once. Their gradient
 * needs the row sums of P ∘ (g Vᵀ), which are those of g ∘ result: they enter as one more column of g against a row
 * of ones, so that one product gives g Vᵀ − sums. Each tile waits for what was made of the one before.
 *
 * @source Rabe & Staats 2021, arXiv:2112.05682; Dao et al. 2022, arXiv:2205.14135, section 3.1 and appendix B.2
 */
export const attentionRules: Rules<'attention'> = {
  attention: (g, operands, y, walk) => {
    const groups = productsOfTiles(tileOperands(g, operands, y), operands.bias, walk)
    const besideQueries = (name: 'query' | 'bias'): Value => {
      const rows = groups.map((tiles) => {
        const parts = tiles.map((tile) => tile[name])
        return concat(parts, 2)
      })
      return concat(rows, 1)
    }
    const ofLastQueries = (name: 'key' | 'value'): Value => {
      const sums = groups.flatMap((tiles) => tiles.at(-1)?.[name] ?? [])
      return concat(sums, 1)
    }
    return {
      query: () => mul(joinHeads(besideQueries('query')), scalarLike(g, y.attributes.scale)),
      key: () => joinTransposedHeads(ofLastQueries('key')),
      value: () => joinTransposedHeads(ofLastQueries('value')),
      bias: () => besideQueries('bias'),
    }
  },
}

/** What tiles are cut from. Letters: B batch, h heads, N queries, M keys, d head width. */
interface TileOperands {
  /** Scaled queries, [B, h, N, d]. */
  readonly query: Value
  /** [B, h, M, d]. */
  readonly key: Value
  /** [B, h, d, M]. */
  readonly keyAcross: Value
  /** Vᵀ over a row of ones, [B, h, d + 1, M]. */
  readonly values: Value
  /** [B, h, N, d]. */
  readonly g: Value
  /** g beside its row sums with the result, negated, [B, h, N, d + 1]. */
  readonly gWithSums: Value
}

/** What one tile contributes to the gradient of each operand. */
interface TileProducts {
  /** Scaled queries, [B, h, n, d]. */
  readonly query: Value
  /** Summed over the queries of these heads so far, [B, h, d, M]. */
  readonly key: Value
  /** Summed likewise, [B, h, d, M]. */
  readonly value: Value
  /** [B, h, n, M]. */
  readonly bias: Value
}

const tileOperands = (
  g: Value,
  { query, key, value }: { readonly query: Value; readonly key: Value; readonly value: Value },
  y: Value<'attention'>,
): TileOperands => {
  const { heads, scale } = y.attributes
  const keys = splitHeads(key, heads)
  const gHeads = splitHeads(g, heads)
  const rowSums = reduceSum(splitHeads(mul(g, y), heads), [3])
  return {
    query: splitHeads(mul(query, scalarLike(g, scale)), heads),
    key: keys,
    keyAcross: swap(keys),
    values: withRowOfOnes(swap(splitHeads(value, heads))),
    g: gHeads,
    gWithSums: concat([gHeads, neg(rowSums)], 3),
  }
}

/** The products of each tile, by groups of heads, in the order of their queries. */
const productsOfTiles = (from: TileOperands, bias: Value | undefined, walk: Walk<'attention'>): TileProducts[][] => {
  const [batch = 1, heads = 1, queries = 1] = from.query.shape
  const groups = attentionTiles({ batch, heads, queries, keys: from.key.shape[2] ?? 1 })
  const isOneTile = groups.length === 1 && groups[0]?.queries.length === 1
  let before: readonly Value[] = [from.g]
  return groups.map((group) => {
    const tiles: TileProducts[] = []
    for (const rows of group.queries) {
      const wait = isOneTile ? undefined : walk.zeroAfter(...before)
      const products = productsOfTile(from, { heads: group.heads, rows, bias, wait }, tiles.at(-1))
      before = operandNames.filter(walk.wants).map((name) => products[name])
      tiles.push(products)
    }
    return tiles
  })
}

const operandNames = ['query', 'key', 'value', 'bias'] as const

interface Tile {
  readonly heads: Range
  readonly rows: Range
  readonly bias: Value | undefined
  /** 0, known when the tile before is done; undefined for a lone tile. */
  readonly wait: Value | undefined
}

/** Those whose gradients nobody wants come to nothing: no output leads to them. */
const productsOfTile = (
  from: TileOperands,
  { heads, rows, bias, wait }: Tile,
  before: TileProducts | undefined,
): TileProducts => {
  const cut = (x: Value): Value => {
    const part = rangeOf(rangeOf(x, 1, heads), 2, rows)
    return wait === undefined ? part : add(part, cast(wait, x.dtype))
  }
  const query = cut(from.query)
  const scores = matmul(query, rangeOf(from.keyAcross, 1, heads))
  const probabilities = softmax(bias ? add(scores, biasOf(bias, heads, rows)) : scores, 3)
  const gScores = mul(probabilities, matmul(cut(from.gWithSums), rangeOf(from.values, 1, heads)))
  return {
    query: matmul(gScores, rangeOf(from.key, 1, heads)),
    key: accumulate(before?.key, matmul(swap(query), gScores)),
    value: accumulate(before?.value, matmul(swap(cut(from.g)), probabilities)),
    bias: gScores,
  }
}

/** [B, h, d, M] → [B, h, d + 1, M]. */
const withRowOfOnes = (x: Value): Value => {
  const [batch = 1, heads = 1, , keys = 1] = x.shape
  const data = new Float32Array(batch * heads * keys).fill(1)
  return concat([x, cast(constant({ shape: [batch, heads, 1, keys], data }), x.dtype)], 2)
}

/** One bias of all heads stays as it is. */
const biasOf = (bias: Value, heads: Range, queries: Range): Value =>
  rangeOf(bias.shape[1] === 1 ? bias : rangeOf(bias, 1, heads), 2, queries)

/** [B, heads, d, M] → [B, M, C]. */
const joinTransposedHeads = (x: Value): Value => {
  const [batch = 1, , , positions = 1] = x.shape
  return reshape(transpose(x, [0, 3, 1, 2]), [batch, positions, -1])
}

const swap = (x: Value): Value => transpose(x, [0, 1, 3, 2])
