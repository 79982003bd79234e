import type { Graph } from '../graph/graph.ts'
import { add, matmul, mul, reshape, scalar, transpose } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { AttentionLayer } from '../networks/attention-layers.ts'
import { mapOf } from '../networks/tap.ts'

/**
 * How much each position looks at what each row picks, in one tapped layer: rows [R, M] → [R, N], N = height · width,
 * Σ over the layer's keys of row · probability.
 *
 * @param tapped  the graph with the layer's map among its outputs
 */
export const lookAt = (tapped: Graph, { key, height, width, keys }: AttentionLayer, rows: Value): Value => {
  const map = tapped.outputs.get(mapOf(key))
  if (map === undefined) return rows
  const positions = reshape(map, [height * width, keys])
  return matmul(rows, transpose(positions, [1, 0]))
}

/** Mean of values of one shape; at least one. */
export const meanOf = (values: readonly Value[]): Value => mul(values.reduce(add), scalar(1 / values.length))
