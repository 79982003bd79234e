import { cleanLine } from './clean-text.ts'
import { isObject } from './foreign-values.ts'
import type { JsonObject } from './foreign-values.ts'

/** A node of a ComfyUI graph in the form its server takes: every input is a value or a link. */
export interface ComfyNode {
  readonly id: string
  readonly type: string
  readonly inputs: JsonObject
}

export type ComfyGraph = ReadonlyMap<string, ComfyNode>

/** The place an input comes from: a node and which of its outputs. */
export interface ComfyLink {
  readonly id: string
  readonly slot: number
}

const maxNodes = 5000

/** Reads the `prompt` text of a ComfyUI picture: node id -> `class_type` and `inputs`. */
export const readApiGraph = (json: unknown): ComfyGraph | undefined => {
  if (!isObject(json)) return undefined
  const nodes = new Map<string, ComfyNode>()
  for (const [id, node] of Object.entries(json).slice(0, maxNodes)) {
    if (!isObject(node) || typeof node['class_type'] !== 'string' || !isObject(node['inputs'])) continue
    nodes.set(id, { id: cleanLine(id, 30), type: cleanLine(node['class_type'], 60), inputs: node['inputs'] })
  }
  return nodes.size === 0 ? undefined : nodes
}

/**
 * Reads the `workflow` text, which is what the editor draws: widget values in a row without names. Nodes of newer
 * versions name their widgets; for older ones the order is known for the few kinds that matter here.
 */
export const readWorkflow = (json: unknown): ComfyGraph | undefined => {
  if (!isObject(json) || !Array.isArray(json['nodes']) || !Array.isArray(json['links'])) return undefined
  const links = readLinks(json['links'])
  const nodes = new Map<string, ComfyNode>()
  for (const node of (json['nodes'] as readonly unknown[]).slice(0, maxNodes)) {
    // each is checked before use
    // 2 is muted, 4 bypassed: neither took part.
    if (!isObject(node) || typeof node['type'] !== 'string' || node['mode'] === 2 || node['mode'] === 4) continue
    const id = idOf(node['id'])
    if (id === undefined) continue
    nodes.set(id, { id, type: cleanLine(node['type'], 60), inputs: inputsOf(node, links) })
  }
  return nodes.size === 0 ? undefined : nodes
}

/** The link that an input is, if it is one. */
export const linkOf = (value: unknown): ComfyLink | undefined => {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [id, slot] = value as readonly unknown[] // both are checked in the next lines
  const name = idOf(id)
  return name !== undefined && typeof slot === 'number' ? { id: name, slot } : undefined
}

/** The node that an input of `node` comes from. */
export const nodeBehind = (graph: ComfyGraph, node: ComfyNode, input: string): ComfyNode | undefined => {
  const link = Object.hasOwn(node.inputs, input) ? linkOf(node.inputs[input]) : undefined
  return link === undefined ? undefined : graph.get(link.id)
}

/** Everything that `start` draws on, nearest first, itself excluded; `follow` picks the inputs to go through. */
export const upstream = (
  graph: ComfyGraph,
  start: ComfyNode,
  follow: (input: string) => boolean = () => true,
): readonly ComfyNode[] => {
  const seen = new Set<ComfyNode>([start])
  for (const node of seen) {
    for (const input of Object.keys(node.inputs).filter(follow)) {
      const next = nodeBehind(graph, node, input)
      if (next !== undefined) seen.add(next)
    }
  }
  seen.delete(start)
  return [...seen]
}

const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

type WorkflowLinks = ReadonlyMap<unknown, readonly [string, number]>

const readLinks = (links: readonly unknown[]): WorkflowLinks => {
  const found = new Map<unknown, readonly [string, number]>()
  for (const link of links.slice(0, maxNodes * 4)) {
    if (!Array.isArray(link)) continue
    const [id, from, slot] = link as readonly unknown[] // each is checked in the next lines
    const name = idOf(from)
    if (name !== undefined && typeof slot === 'number') found.set(id, [name, slot])
  }
  return found
}

const widgetOrder: Readonly<Record<string, readonly string[]>> = {
  KSampler: ['seed', 'control_after_generate', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'],
  KSamplerAdvanced: [
    ...['add_noise', 'noise_seed', 'control_after_generate', 'steps', 'cfg', 'sampler_name', 'scheduler'],
    ...['start_at_step', 'end_at_step', 'return_with_leftover_noise'],
  ],
  CLIPTextEncode: ['text'],
  CheckpointLoaderSimple: ['ckpt_name'],
  UNETLoader: ['unet_name', 'weight_dtype'],
  EmptyLatentImage: ['width', 'height', 'batch_size'],
  EmptySD3LatentImage: ['width', 'height', 'batch_size'],
  LoraLoader: ['lora_name', 'strength_model', 'strength_clip'],
  RandomNoise: ['noise_seed', 'control_after_generate'],
  BasicScheduler: ['scheduler', 'steps', 'denoise'],
  KSamplerSelect: ['sampler_name'],
  CFGGuider: ['cfg'],
}

const inputsOf = (node: JsonObject, links: WorkflowLinks): JsonObject => {
  const sockets = Array.isArray(node['inputs']) ? (node['inputs'] as readonly unknown[]).filter(isObject) : [] // filtered
  const values = node['widgets_values']
  const named = isObject(values) ? Object.entries(values) : nameWidgets(node, sockets, values)
  const linked = sockets.flatMap((socket) => {
    const link = links.get(socket['link'])
    return link !== undefined && typeof socket['name'] === 'string' ? [[socket['name'], link] as const] : []
  })
  return Object.fromEntries([...named, ...linked])
}

const nameWidgets = (
  node: JsonObject,
  sockets: readonly JsonObject[],
  values: unknown,
): (readonly [string, unknown])[] => {
  if (!Array.isArray(values)) return []
  const list = values as readonly unknown[] // nothing is assumed of its elements
  const known = typeof node['type'] === 'string' && Object.hasOwn(widgetOrder, node['type']) ? node['type'] : undefined
  const names = known !== undefined ? widgetOrder[known] : widgetNames(sockets)
  return (names ?? []).slice(0, list.length).map((name, i) => [name, list[i]] as const)
}

/** Behind a seed stands a value without a name: what becomes of it after drawing. */
const widgetNames = (sockets: readonly JsonObject[]): readonly string[] =>
  sockets.flatMap(({ widget }) => {
    const name = isObject(widget) ? widget['name'] : undefined
    if (typeof name !== 'string') return []
    return name === 'seed' || name === 'noise_seed' ? [name, 'control_after_generate'] : [name]
  })
