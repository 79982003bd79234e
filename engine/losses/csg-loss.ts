import { EngineError } from '../contract/failures.ts'
import { makeGraph, type Graph, type Transform } from '../graph/graph.ts'
import {
  add,
  cast,
  div,
  greater,
  input,
  matmul,
  mul,
  reduceMax,
  reduceSum,
  relu,
  reshape,
  scalar,
  sub,
  transpose,
} from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import { tap } from '../networks/tap.ts'
import type { CsgLayers } from './csg-layers.ts'
import { lookAt, meanOf } from './region-maps.ts'

export interface CsgLossOptions {
  /** All of one size. */
  readonly layers: CsgLayers
  /** How many regions the graph is made for. */
  readonly regions: number
}

const withinWeight = 5
const acrossWeight = 250
const margin = 0.1

/**
 * How far a composite scene is from its regions. Adds the output `loss`; batch 1. With a_i [N] the mean attention to the
 * words of region i, and also the mean attention of positions to the positions in region i:
 *
 * - within: (1 − in/(in + out))², in = r times the mean of the k largest a_i·S_i, out = the sum of the r largest a_i·(1 − S_i);
 * - across: relu(o + 0.1 − own)², own = mean of a_i at those k positions, o = the largest such mean of another region's words.
 *
 * loss = Σ_i strength_i (5 within_i + 250 across_i + 5 within_i of the positions).
 *
 * New inputs: `masks` [R, H, W]; `region_tokens` [R, M]; `strengths` [R]; `inside_counts` k and `outside_counts` r [R];
 * `rivals` [R, R], 1 where another region's words compete. Places that are not needed have strength 0.
 *
 * @throws EngineError 'bad-argument' without layers, 'unknown-name' for a layer that the graph does not have
 * @source arXiv:2407.13609, official code `utils.py`. It keeps a random half of the k largest; this is that choice's
 *   expectation, so that a seed always draws the same picture
 */
export const csgLoss =
  ({ layers: { words, places }, regions }: CsgLossOptions): Transform =>
  (graph) => {
    const [first] = words
    if (first === undefined) throw noLayers()
    const positions = first.height * first.width
    const tapped = tap({ layers: [...words, ...places].map(({ key }) => key), expose: ['map'] })(graph)
    const masks = reshape(input('masks', [regions, first.height, first.width]), [regions, positions])
    const counts = { inside: column('inside_counts', regions), outside: column('outside_counts', regions) }
    const tokens = input('region_tokens', [regions, first.keys])
    const toWords = meanOf(words.map((layer) => lookAt(tapped, layer, tokens)))
    const terms = [
      mul(scalar(withinWeight), within(toWords, masks, counts)),
      mul(scalar(acrossWeight), across(toWords, masks, counts.inside)),
    ]
    if (places.length > 0) {
      const toRegion = meanOf(places.map((layer) => lookAt(tapped, layer, masks)))
      terms.push(mul(scalar(withinWeight), within(toRegion, masks, counts)))
    }
    const strengths = reshape(input('strengths', [regions]), [regions, 1])
    const loss = reduceSum(mul(terms.reduce(add), strengths), [0, 1])
    return makeGraph(graph.name, new Map([...outputsBefore(graph, tapped), ['loss', reshape(loss, [])]]))
  }

interface Counts {
  readonly inside: Value
  readonly outside: Value
}

/** [R, N], [R, N] → [R, 1]. */
const within = (looks: Value, masks: Value, { inside: most, outside: least }: Counts): Value => {
  const inside = mul(looks, masks)
  const outside = mul(looks, sub(scalar(1), masks))
  const share = div(least, most)
  const insideSum = mul(share, reduceSum(mul(inside, isAmong(inside, most)), [1]))
  const outsideSum = reduceSum(mul(outside, isAmong(outside, least)), [1])
  const missing = div(outsideSum, add(add(insideSum, outsideSum), scalar(1e-9)))
  return mul(missing, missing)
}

/** [R, N], [R, N] → [R, 1]. */
const across = (looks: Value, masks: Value, counts: Value): Value => {
  const [regions = 1] = looks.shape
  const inside = mul(looks, masks)
  const chosen = div(mul(masks, isAmong(inside, counts)), counts)
  const means = matmul(chosen, transpose(looks, [1, 0])) // [i, j]: words of j where i is
  const own = reduceSum(mul(chosen, looks), [1])
  const rivals = input('rivals', [regions, regions])
  const strongest = reduceMax(mul(means, rivals), [1])
  const short = relu(sub(add(strongest, scalar(margin)), own))
  return mul(mul(short, short), reduceMax(rivals, [1]))
}

/** 1 at the `counts` largest values of each row, else 0, without gradient: [R, N], [R, 1] → [R, N]. */
const isAmong = (values: Value, counts: Value): Value => {
  const [regions = 1, positions = 1] = values.shape
  const larger = greater(reshape(values, [regions, 1, positions]), reshape(values, [regions, positions, 1]))
  const rank = reshape(reduceSum(cast(larger, 'float32'), [2]), [regions, positions])
  return cast(greater(counts, rank), 'float32')
}

const column = (name: string, regions: number): Value => reshape(input(name, [regions]), [regions, 1])

/** The outputs that the graph had before, as the tapped graph computes them. */
const outputsBefore = (graph: Graph, tapped: Graph): readonly (readonly [string, Value])[] =>
  [...tapped.outputs].filter(([name]) => graph.outputs.has(name))

const noLayers = (): EngineError =>
  new EngineError('bad-argument', {
    where: 'composite scenes',
    found: 'no attention layers',
    expected: 'at least one',
  })
