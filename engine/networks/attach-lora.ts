import type { Graph, Transform } from '../graph/graph.ts'
import { topologicalOrder } from '../graph/graph.ts'
import { add, conv, input, linear } from '../graph/ops.ts'
import { rewrite } from '../graph/rewrite.ts'
import { isOp, type Value } from '../graph/value.ts'
import type { Shape } from '../tensor/nd-array.ts'

/** Which layers take LoRAs: those of the transformers, which most files change, or every one with a matrix or a kernel. */
export type LoraFeatures = 'transformers' | 'all'

/** A layer that can take a LoRA. */
export interface LoraModule {
  /** Its weight's key without `.weight`. */
  readonly module: string
  /** Of the weight: [out, in] or [out, in, kh, kw]. */
  readonly shape: Shape
}

export interface AttachLoraOptions {
  /** Rows of every `down`; LoRAs of lower rank are padded with zeros, several are stacked (see lora-feeds.ts). */
  readonly rank: number
  /** Keys of layers without `.weight`; those that the graph does not have are left out. */
  readonly modules: readonly string[]
}

/** The input that takes one of the matrices of a layer: down [rank, in, …], up [out, rank, …]. */
export const loraInput = (module: string, matrix: 'down' | 'up'): string => `lora.${module}.${matrix}`

/** The layers of a network graph that can take a LoRA, in the order of execution. */
export const loraModules = (graph: Graph, features: LoraFeatures): readonly LoraModule[] =>
  topologicalOrder([...graph.outputs.values()]).flatMap((value) => {
    const module = moduleOf(value)
    if (module === undefined || (features !== 'all' && !isInTransformer.test(module))) return []
    return [{ module, shape: value.inputs[1]?.shape ?? [] }]
  })

/** The smallest set of layers that holds all of these. */
export const loraFeaturesFor = (modules: readonly string[]): LoraFeatures =>
  modules.every((module) => isInTransformer.test(module)) ? 'transformers' : 'all'

/** Attention and feed-forward layers with the projections around them; the same parts of a text tower. */
const isInTransformer =
  /\.attn[12]\.to_(q|k|v|out\.0)$|\.ff\.net\.(0\.proj|2)$|\.attentions\.\d+\.proj_(in|out)$|\.self_attn\.(q|k|v|out)_proj$|\.mlp\.fc[12]$/

/**
 * Adds up · down · x to every given layer, both matrices graph inputs named by `loraInput`: strengths and LoRAs change without
 * a new session, and the matrices can be trained. `up` carries strength · alpha / rank. A convolution's `down` has its kernel
 * [rank, in, kh, kw], its stride and its padding; its `up` is [out, rank, 1, 1].
 *
 * @source Hu et al. 2021, arXiv:2106.09685, eq. 3
 */
export const attachLora =
  ({ rank, modules }: AttachLoraOptions): Transform =>
  (graph) => {
    const wanted = new Set(modules)
    return rewrite(graph, (value, [x, weight, bias]) => {
      const module = moduleOf(value)
      if (module === undefined || !wanted.has(module) || x === undefined || weight === undefined) return undefined
      const [out = 1, into = 1, ...kernel] = weight.shape
      const down = input(loraInput(module, 'down'), [rank, into, ...kernel])
      const up = input(loraInput(module, 'up'), [out, rank, ...kernel.map(() => 1)])
      if (!isOp(value, 'conv')) return add(linear(x, weight, bias), linear(linear(x, down), up))
      return add(conv(x, weight, bias, value.attributes), conv(conv(x, down, undefined, value.attributes), up))
    })
  }

/** The key of a linear or convolution layer, through the conversions that its weight may need. */
const moduleOf = (value: Value): string | undefined => {
  if (!isOp(value, 'linear') && !isOp(value, 'conv')) return undefined
  let weight = value.inputs[1]
  while (weight !== undefined && (isOp(weight, 'cast') || isOp(weight, 'transpose'))) weight = weight.inputs[0]
  if (weight === undefined || !isOp(weight, 'initializer')) return undefined
  return weight.attributes.view.key.replace(/\.weight$/, '')
}
