import { EngineError } from '../contract/failures.ts'
import { topologicalOrder, type Graph } from '../graph/graph.ts'
import { isOp } from '../graph/value.ts'

/** One attention layer of a UNet. */
export interface AttentionLayer {
  /** Checkpoint key prefix, such as `down_blocks.1.attentions.0.transformer_blocks.0.attn2`. */
  readonly key: string
  /** Whether it looks at the prompt (`attn2`) or at the picture itself (`attn1`). */
  readonly looksAt: 'prompt' | 'picture'
  readonly heads: number
  /** Size of its map; height · width queries. */
  readonly height: number
  readonly width: number
  /** What a query looks at: tokens of the prompt, or positions of the picture. */
  readonly keys: number
}

/**
 * The attention layers of a UNet graph in the order of execution: down, mid, up. Asked before any transform splits them.
 *
 * @throws EngineError 'graph-invalid' when a layer's map is no halving of the graph's `sample`
 */
export const attentionLayers = (graph: Graph): readonly AttentionLayer[] => {
  const [, , height = 1, width = 1] = graph.inputs.get('sample')?.shape ?? []
  const order = topologicalOrder([...graph.outputs.values()])
  return order.flatMap((value): AttentionLayer[] => {
    if (!isOp(value, 'attention') || value.label === undefined) return []
    const key = value.label
    const size = mapSize(key, value.shape[1] ?? 0, height, width)
    const looksAt = key.endsWith('.attn2') ? 'prompt' : 'picture'
    return [{ key, looksAt, heads: value.attributes.heads, ...size, keys: value.inputs[1]?.shape[1] ?? 0 }]
  })
}

/** Each level of a UNet has half the size of the one above it, rounded up. */
const mapSize = (
  key: string,
  positions: number,
  height: number,
  width: number,
): { readonly height: number; readonly width: number } => {
  if (height * width === positions) return { height, width }
  if (height * width > positions && height * width > 1) {
    return mapSize(key, positions, Math.ceil(height / 2), Math.ceil(width / 2))
  }
  throw new EngineError('graph-invalid', {
    where: `attention layer ${key}`,
    found: `${positions} positions`,
    expected: 'those of the sample, halved a whole number of times',
  })
}
