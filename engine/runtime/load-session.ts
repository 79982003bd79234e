import type { Graph } from '../graph/graph.ts'
import type { Session } from './session.ts'

/** Gives the session of a graph, creating it when it is not there: kind for the capacity, key for everything its graph depends on. */
export type LoadSession = (kind: SessionKind, key: string, build: () => Graph) => Promise<Session>

/** Sessions that share a limit on how many of them are alive. */
export type SessionKind = 'text' | 'unet' | 'vae-decoder' | 'vae-encoder'
