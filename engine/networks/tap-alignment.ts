import { makeGraph, type Graph, type Transform } from '../graph/graph.ts'
import { add, mul, scalar } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { AttentionLayer } from './attention-layers.ts'
import { mapOf, tap } from './tap.ts'

/** The layers that alignment reads: where each word is, and which places of the picture belong together. */
export interface AlignmentLayers {
  /** Every layer that looks at the prompt, in the order of execution. */
  readonly words: readonly AttentionLayer[]
  /** The layers that look at the picture itself, of the largest size that is not too large; may be empty. */
  readonly places: readonly AttentionLayer[]
}

/** The outputs with the mean of all layers' places, and with that of the up path alone, [B, N, N]. */
export const placesOutput = 'places.map'
export const upPlacesOutput = 'places.up.map'

/** 64 x 64, what every published model has at its own size; the square of it is 67 MB. */
const mostPlaces = 4096

/** @source Zhang et al. 2025, arXiv:2506.09740: maps of all cross-attention, self-attention at the largest resolution */
export const alignmentLayers = (layers: readonly AttentionLayer[]): AlignmentLayers => {
  const places = layers.filter(({ looksAt, height, width }) => looksAt === 'picture' && height * width <= mostPlaces)
  const largest = Math.max(...places.map(({ height, width }) => height * width))
  return {
    words: layers.filter(({ looksAt }) => looksAt === 'prompt'),
    places: places.filter(({ height, width }) => height * width === largest),
  }
}

/**
 * Adds what alignment reads to the outputs: `<layer key>.map` of every layer that looks at the prompt, and the two
 * means of the picture's attention to itself. Heads and layers are averaged in the graph: a single map of the places may
 * have 67 MB.
 */
export const tapAlignment =
  ({ words, places }: AlignmentLayers): Transform =>
  (graph) => {
    const keys = [...words, ...places].map(({ key }) => key)
    const tapped = tap({ layers: keys, expose: ['map'] })(graph)
    const up = places.filter(({ key }) => key.startsWith('up_blocks'))
    const hidden = new Set(places.map(({ key }) => mapOf(key)))
    const kept = [...tapped.outputs].filter(([name]) => !hidden.has(name))
    return makeGraph(
      graph.name,
      new Map([
        ...kept,
        ...meanOf(tapped, placesOutput, places),
        ...meanOf(tapped, upPlacesOutput, up.length === 0 ? places : up),
      ]),
    )
  }

const meanOf = (graph: Graph, name: string, layers: readonly AttentionLayer[]): [string, Value][] => {
  const maps = layers.flatMap(({ key }) => graph.outputs.get(mapOf(key)) ?? [])
  const [first, ...others] = maps
  if (first === undefined) return []
  return [
    [
      name,
      mul(
        others.reduce<Value>((sum, map) => add(sum, map), first),
        scalar(1 / maps.length),
      ),
    ],
  ]
}
