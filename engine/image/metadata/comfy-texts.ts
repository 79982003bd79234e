import { linkOf, nodeBehind } from './comfy-graph.ts'
import type { ComfyGraph, ComfyLink, ComfyNode } from './comfy-graph.ts'

/** A text that went into the conditioning, and the node it stood in. */
export interface ComfyText {
  readonly node: ComfyNode
  readonly text: string
}

/** Which of the two prompts is wanted; also the name of the inputs that carry it. */
export type Side = 'positive' | 'negative'

const maxTexts = 20
const maxInputs = 1000
const textInputs = [
  'text',
  'text_g',
  'text_l',
  't5xxl',
  'clip_l',
  'prompt',
  'string',
  'value',
  'populated_text',
] as const
/** Inputs that never lead to a prompt. */
const elsewhere = new Set(['model', 'clip', 'vae', 'control_net', 'image', 'pixels', 'mask', 'latent_image', 'samples'])

/**
 * The texts behind one side of a sampler, in the order of the inputs, each once: through combining nodes, control
 * networks (whose outputs are 0 positive, 1 negative), text nodes and primitives.
 */
export const textsBehind = (graph: ComfyGraph, sampler: ComfyNode, side: Side): readonly ComfyText[] => {
  const input = sampler.inputs[side]
  if (typeof input === 'string') return [{ node: sampler, text: input }]
  const found = new Map<string, ComfyText>()
  const seen = new Set<string>()
  const stack = stepsTo(graph, [linkOf(input)], side)
  for (let step = stack.pop(); step !== undefined && found.size < maxTexts; step = stack.pop()) {
    const key = `${step.node.id} ${step.side}`
    if (seen.has(key)) continue
    seen.add(key)
    const { node } = step
    for (const text of textsOf(node, step.side)) if (!found.has(text)) found.set(text, { node, text })
    stack.push(...stepsTo(graph, linksOf(node, step.side), step.side))
  }
  return [...found.values()]
}

interface Step {
  readonly node: ComfyNode
  readonly side: Side
}

/** The nodes behind links, last first, as a stack wants them. A node that passes both sides on has positive at output 0. */
const stepsTo = (graph: ComfyGraph, links: readonly (ComfyLink | undefined)[], side: Side): Step[] =>
  links.toReversed().flatMap((link) => {
    const node = link === undefined ? undefined : graph.get(link.id)
    if (link === undefined || node === undefined) return []
    const passesBoth = 'positive' in node.inputs && 'negative' in node.inputs
    return [{ node, side: passesBoth ? (link.slot === 1 ? 'negative' : 'positive') : side }]
  })

const textsOf = (node: ComfyNode, side: Side): readonly string[] => {
  if (node.type === 'ConditioningZeroOut') return []
  const own = node.inputs[side]
  if (typeof own === 'string') return [own]
  return textInputs.flatMap((name) => {
    const value = node.inputs[name]
    return typeof value === 'string' ? [value] : []
  })
}

const linksOf = (node: ComfyNode, side: Side): readonly ComfyLink[] => {
  if (node.type === 'ConditioningZeroOut') return []
  const names = side in node.inputs ? [side] : Object.keys(node.inputs).filter((name) => !elsewhere.has(name))
  return names.slice(0, maxInputs).flatMap((name) => linkOf(node.inputs[name]) ?? [])
}

/** An input's value, followed through primitive nodes when it is a link. */
export const valueBehind = (graph: ComfyGraph, node: ComfyNode, input: string): unknown => {
  let at: ComfyNode = node
  let name = input
  for (let hops = 0; hops < 8; hops++) {
    const value = at.inputs[name]
    const next = nodeBehind(graph, at, name)
    if (next === undefined) return value
    at = next
    name =
      [input, 'value', 'seed', 'noise_seed', 'int', 'float', 'number', 'string', 'Value'].find(
        (key) => key in next.inputs,
      ) ?? ''
  }
  return undefined
}
