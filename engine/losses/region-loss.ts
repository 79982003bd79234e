import { EngineError } from '../contract/failures.ts'
import { makeGraph, type Graph, type Transform } from '../graph/graph.ts'
import {
  add,
  clip,
  div,
  input,
  log,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  sub,
} from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { AttentionLayer } from '../networks/attention-layers.ts'
import { tap } from '../networks/tap.ts'
import { resizeBilinear } from './bilinear.ts'
import { lookAt, meanOf } from './region-maps.ts'

export interface RegionLossOptions {
  /** Layers whose maps are averaged, all of them looking at the prompt. */
  readonly layers: readonly AttentionLayer[]
  /** How many regions the graph is made for. */
  readonly regions: number
}

/**
 * How far attention is from painted regions. Adds the output `loss` and taps what it needs; batch 1.
 *
 * P_i = mean over layers of the mean over heads of the probabilities, brought to the largest map, summed over the tokens
 * of region i. loss = Σ_i strength_i · mean over pixels of BCE(c(P_i), S_i) + BCE(c(P_i / max P_i), S_i), c(p) = p limited to
 * 1e-6 … 1 − 1e-6 with zero gradient beyond; the gradient passes the maximum.
 *
 * New inputs: `masks` [R, H, W], coverage of each cell of the largest map by each region, 0 … 1; `region_tokens`
 * [R, M], 1 for the tokens of each region, else 0; `strengths` [R]. Places that are not needed repeat a region at strength 0.
 *
 * @throws EngineError 'bad-argument' without layers, 'unknown-name' for a layer that the graph does not have
 * @source Couairon et al. 2023 (ZestGuide), arXiv:2306.13754, equations 3 to 5
 */
export const regionLoss =
  ({ layers, regions }: RegionLossOptions): Transform =>
  (graph) => {
    const largest = largestMap(layers)
    const { height, width, keys } = largest
    const tapped = tap({ layers: layers.map(({ key }) => key), expose: ['map'] })(graph)
    const tokens = input('region_tokens', [regions, keys])
    const mean = meanOf(layers.map((layer) => resizeBilinear(regionMaps(tapped, layer, tokens), height, width)))
    const masks = input('masks', [regions, height, width])
    const peaks = reduceMax(mean, [1, 2])
    const losses = add(crossEntropy(mean, masks), crossEntropy(div(mean, peaks), masks))
    const loss = reduceSum(mul(reshape(losses, [regions]), input('strengths', [regions])), [0])
    return makeGraph(graph.name, new Map([...withoutMaps(graph, tapped), ['loss', reshape(loss, [])]]))
  }

const largestMap = (layers: readonly AttentionLayer[]): AttentionLayer => {
  const [first, ...others] = layers
  if (first === undefined) {
    throw new EngineError('bad-argument', {
      where: 'region loss',
      found: 'no attention layers',
      expected: 'at least one',
    })
  }
  return others.reduce((largest, layer) => (area(layer) > area(largest) ? layer : largest), first)
}

const area = ({ height, width }: AttentionLayer): number => height * width

/** Probability of each region's tokens at each position of one layer: [1, h·w, M] → [R, h, w]. */
const regionMaps = (tapped: Graph, layer: AttentionLayer, tokens: Value): Value =>
  reshape(lookAt(tapped, layer, tokens), [tokens.shape[0] ?? 1, layer.height, layer.width])

/** Mean over pixels of −S ln c(p) − (1 − S) ln(1 − c(p)): [R, H, W] → [R, 1, 1]. */
const crossEntropy = (probability: Value, mask: Value): Value => {
  const limited = clip(probability, 1e-6, 1 - 1e-6)
  const one = scalar(1)
  const inside = mul(mask, log(limited))
  const outside = mul(sub(one, mask), log(sub(one, limited)))
  return neg(reduceMean(add(inside, outside), [1, 2]))
}

/** The outputs that the graph had before, as the tapped graph computes them. */
const withoutMaps = (graph: Graph, tapped: Graph): readonly (readonly [string, Value])[] =>
  [...tapped.outputs].filter(([name]) => graph.outputs.has(name))
