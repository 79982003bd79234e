import { EngineError } from '../contract/failures.ts'
import { makeGraph, topologicalOrder, type Graph, type Transform } from '../graph/graph.ts'
import { reduceMean, reshape } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite.ts'
import { isOp, type Value } from '../graph/value.ts'
import { logitsOf, probabilitiesOf, splitAttention } from './split-attention.ts'

/**
 * What of a layer becomes an output: scaled scores `<layer key>.logits` and probabilities `<layer key>.probs`,
 * [B, heads, N, M], or their mean over heads `<layer key>.map`, [B, N, M].
 */
export type Tapped = 'logits' | 'probs' | 'map'

export interface TapOptions {
  /** Layer keys, as `attentionLayers` lists them. */
  readonly layers: readonly string[]
  readonly expose: readonly Tapped[]
}

/**
 * Adds what attention layers look at to the outputs of a graph. Layers that `biasAttention` has split already are
 * tapped as they are.
 *
 * @throws EngineError 'unknown-name' for a layer that the graph does not have
 */
export const tap =
  ({ layers, expose }: TapOptions): Transform =>
  (graph) => {
    const wanted = new Set(layers)
    const split = rewrite(graph, (value, operands) =>
      isOp(value, 'attention') && wanted.has(value.label ?? '') ? splitAttention(value, operands) : undefined,
    )
    const labelled = labelledValues(split)
    const find = (name: string, layer: string): Value => labelled.get(name) ?? unknownLayer(graph, layer)
    const outputs = layers.flatMap((layer) => expose.map((what) => tapped(what, layer, find)))
    return makeGraph(graph.name, new Map([...split.outputs, ...outputs]))
  }

const tapped = (
  what: Tapped,
  layer: string,
  find: (name: string, layer: string) => Value,
): readonly [string, Value] => {
  if (what === 'logits') return [logitsOf(layer), find(logitsOf(layer), layer)]
  const probabilities = find(probabilitiesOf(layer), layer)
  return what === 'probs' ? [probabilitiesOf(layer), probabilities] : [mapOf(layer), meanOverHeads(probabilities)]
}

/** The name of a layer's probabilities averaged over heads. */
export const mapOf = (key: string): string => `${key}.map`

/** [B, heads, N, M] → [B, N, M]. */
export const meanOverHeads = (probabilities: Value): Value => {
  const [batch = 1, , positions = 1, keys = 1] = probabilities.shape
  return reshape(reduceMean(probabilities, [1]), [batch, positions, keys])
}

const labelledValues = (graph: Graph): ReadonlyMap<string, Value> =>
  new Map(topologicalOrder([...graph.outputs.values()]).map((value) => [value.label ?? '', value]))

const unknownLayer = (graph: Graph, layer: string): never => {
  throw new EngineError('unknown-name', {
    where: `attention layers of ${graph.name}`,
    found: `"${layer}"`,
    expected: 'a key that attentionLayers lists',
  })
}
