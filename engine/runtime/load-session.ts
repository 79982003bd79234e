import type { Graph } from '../graph/graph.ts'
import type { Session } from './session.ts'

/** A graph, and the same with less memory and more work where there is such a form. Each is built when it is asked for. */
export interface GraphForms {
  readonly kept: () => Graph
  /** Activations that a gradient needs are computed a second time instead of being kept. */
  readonly recomputed?: () => Graph
}

/** A session that is loaded when it runs. */
export interface RunnableSession {
  /** As `Session.run`; the feeds are asked for once the graph is built. */
  readonly run: (
    feeds: () => Parameters<Session['run']>[0],
    options?: Parameters<Session['run']>[1],
  ) => ReturnType<Session['run']>
}

/**
 * The session of a graph, created when it runs and is not there: kind for the capacity, key for everything its graph
 * depends on.
 */
export type LoadSession = (kind: SessionKind, key: string, forms: GraphForms) => RunnableSession

/** Sessions that share a limit on how many of them are alive. */
export type SessionKind = 'text' | 'unet' | 'vae-decoder' | 'vae-encoder'
