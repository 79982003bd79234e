import { makeGraph, topologicalOrder, type Graph, type Transform } from '../graph/graph.ts'
import { softmax } from '../graph/ops.ts'
import { isOp, type Value } from '../graph/value.ts'
import { scaledScores } from './split-attention.ts'
import { mapOf, meanOverHeads } from './tap.ts'

/**
 * Adds attention layers' probabilities averaged over heads to the outputs, `<layer key>.map` [B, N, M], computed beside the
 * layers from the same queries and keys: the layers keep their fused kernel, and every other output its bits.
 *
 * @param layers  keys, as `attentionLayers` lists them, of layers that no transform has split; others are left out
 */
export const tapBeside =
  (layers: readonly string[]): Transform =>
  (graph) =>
    makeGraph(graph.name, new Map([...graph.outputs, ...mapsBeside(graph, new Set(layers))]))

const mapsBeside = (graph: Graph, layers: ReadonlySet<string>): readonly (readonly [string, Value])[] =>
  topologicalOrder([...graph.outputs.values()]).flatMap((value) => {
    if (!isOp(value, 'attention') || value.label === undefined || !layers.has(value.label)) return []
    const [query, key] = value.inputs
    if (query === undefined || key === undefined) return []
    const probabilities = softmax(scaledScores(query, key, value.attributes), -1)
    return [[mapOf(value.label), meanOverHeads(probabilities)] as const]
  })
