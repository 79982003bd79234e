import { z } from 'zod'
import type { ForeignSettings } from '../../contract/image-records.ts'
import { isSteps, lineField, numberField } from './read-a1111.ts'
import { shownText } from './shown-text.ts'

const nodeSchema = z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) })
const graphSchema = z.record(z.string(), nodeSchema)

type Graph = z.infer<typeof graphSchema>
type Node = z.infer<typeof nodeSchema>

/** How many links are followed before a graph is given up on; a circle would never end. */
const longestWalk = 64

/**
 * Reads what it can from ComfyUI's `prompt`, the graph as it ran: the first sampler, and by its links the texts, the
 * checkpoint and the start. Graphs are free, so anything may be absent.
 *
 * @returns undefined when the JSON is no such graph
 */
export const readComfyui = (value: unknown): ForeignSettings | undefined => {
  const parsed = graphSchema.safeParse(value)
  if (!parsed.success) return undefined
  const graph = parsed.data
  const sampler = Object.values(graph).find(({ inputs }) => 'steps' in inputs && 'positive' in inputs)
  const loader = Object.values(graph).find(({ inputs }) => 'ckpt_name' in inputs || 'unet_name' in inputs)
  const inputs = sampler?.inputs ?? {}
  const [start] = follow(graph, inputs['latent_image'], ({ inputs: found }) => 'width' in found)
  return {
    source: 'comfyui',
    ...textField('prompt', textOf(graph, inputs['positive'])),
    ...textField('negative', textOf(graph, inputs['negative'])),
    ...numberField('steps', inputs['steps'], isSteps),
    ...numberField('cfgScale', inputs['cfg'], Number.isFinite),
    ...numberField('denoise', inputs['denoise'], Number.isFinite),
    ...lineField('seed', inputs['seed'] ?? inputs['noise_seed'], 32),
    ...lineField('sampler', inputs['sampler_name'], 200),
    ...lineField('schedule', inputs['scheduler'], 200),
    ...lineField('model', loader?.inputs['ckpt_name'] ?? loader?.inputs['unet_name'], 1000),
    other: sizeOf(start),
  }
}

const textOf = (graph: Graph, link: unknown): string => {
  const found = follow(graph, link, ({ inputs }) => typeof inputs['text'] === 'string')
  return found.map(({ inputs }) => inputs['text']).filter((text) => typeof text === 'string').join('\n') // prettier-ignore
}

/** The nodes before a link that pass, nearest first, each branch ending at its first. */
const follow = (graph: Graph, link: unknown, passes: (node: Node) => boolean): Node[] => {
  const found: Node[] = []
  const seen = new Set<string>()
  const waiting = [link]
  while (waiting.length > 0 && seen.size < longestWalk) {
    const id = linkTarget(waiting.shift())
    if (id === undefined || seen.has(id) || !Object.hasOwn(graph, id)) continue
    seen.add(id)
    const node = graph[id]
    if (node === undefined) continue
    if (passes(node)) found.push(node)
    else waiting.push(...Object.values(node.inputs))
  }
  return found
}

/** A link is [node id, output number]. */
const linkTarget = (value: unknown): string | undefined =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' ? value[0] : undefined

const textField = <Name extends string>(name: Name, text: string): Partial<Record<Name, string>> =>
  text === '' ? {} : ({ [name]: shownText(text, 100_000) } as Partial<Record<Name, string>>) // A computed key widens.

const sizeOf = (start: Node | undefined): Record<string, string> => {
  const { width, height } = start?.inputs ?? {}
  return typeof width === 'number' && typeof height === 'number' ? { Size: `${width}x${height}` } : {}
}
