import type { Graph } from '../../graph/graph.ts'
import { lower } from '../../graph/lower/lower.ts'
import type { Device } from '../devices/device.ts'
import type { GraphForms, SessionKind } from '../load-session.ts'
import { cutGraph } from '../parts/cut-graph.ts'
import { predictMemory, type MemoryPrediction } from './predict-memory.ts'
import { sessionWays, type SessionWay } from './session-ways.ts'

export interface PlanOptions {
  readonly device: Device
  /** Whether two private copies of the UNet's weights are too many. */
  readonly isBig: boolean
  /** Operations of one run above which an autoencoder runs in parts, so that cancel takes effect between them. */
  readonly partFlops: number
}

interface PlanRequest {
  readonly kind: SessionKind
  readonly forms: GraphForms
  /** Sessions of this kind that are loaded already. */
  readonly alive: number
}

/** One way to create a session and what it will take. */
export interface SessionPlan {
  readonly graph: Graph
  /** What is loaded: `graph` lowered, in one piece or in several that run one after the other. */
  readonly parts: readonly Graph[]
  readonly activations: 'kept' | 'recomputed'
  readonly way: SessionWay
  readonly predicted: () => MemoryPrediction
}

/** Ways to create one session, the best first. */
export interface SessionPlans {
  readonly first: () => SessionPlan
  /** The first that passes; those after it are not worked out. */
  readonly find: (passes: (plan: SessionPlan) => boolean) => SessionPlan | undefined
  /** The one that takes least. */
  readonly least: () => SessionPlan
}

/** Works plans out when they are asked for, each once: building and predicting takes a big network about a second. */
export const sessionPlans = (options: PlanOptions, { kind, forms, alive }: PlanRequest): SessionPlans => {
  const kept = once(forms.kept)
  const recomputed = once(forms.recomputed ?? forms.kept)
  const planOf = (way: SessionWay, activations: SessionPlan['activations']): (() => SessionPlan) =>
    once(() => {
      const graph = activations === 'kept' ? kept() : recomputed()
      const parts = partsOf(options, kind, graph, way)
      const predicted = once(() => predictMemory(parts, way))
      return { graph, parts, activations, way, predicted }
    })
  const [best, ...others] = sessionWays({ kind, isBig: options.isBig, alive }).flatMap((way) => [
    planOf(way, 'kept'),
    ...(forms.recomputed === undefined ? [] : [planOf(way, 'recomputed')]),
  ])
  if (best === undefined) throw new RangeError(`no way to create a session of kind ${kind}`)
  const find: SessionPlans['find'] = (passes) => [best, ...others].find((plan) => passes(plan()))?.()
  return { first: best, find, least: () => others.map((plan) => plan()).reduce(lighter, best()) }
}

const lighter = (a: SessionPlan, b: SessionPlan): SessionPlan =>
  b.predicted().totalBytes < a.predicted().totalBytes ? b : a

/** Where weights stay mapped, nothing is made of them in advance. */
const partsOf = (
  { device, partFlops }: PlanOptions,
  kind: SessionKind,
  graph: Graph,
  { weights, partScale = 1 }: SessionWay,
): readonly Graph[] => {
  const lowered = lower(weights === 'copied' ? device.target : { ...device.target, foldsWeights: false })(graph)
  const isAutoencoder = kind === 'vae-decoder' || kind === 'vae-encoder'
  return isAutoencoder ? cutGraph(lowered, partFlops * partScale) : [lowered]
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
