import type { Graph } from '../graph/graph.ts'
import type { Session } from './session.ts'

/** Loads sessions on demand and keeps the few that decision 3 of the architecture allows. */
export interface PoolOptions {
  /** Live sessions of each kind; the least recently used one leaves. */
  readonly capacity: Readonly<Record<string, number>>
  readonly create: (graph: Graph, kind: string) => Promise<Session>
}

interface Entry {
  readonly kind: string
  readonly session: Promise<Session>
}

/** Sessions by key. A key says everything its graph depends on: network, sizes, features. */
export class SessionPool {
  readonly #options: PoolOptions
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>()

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** The session of `key`, created from `build()` when it is not there; others of its kind may leave. */
  async get(kind: string, key: string, build: () => Graph): Promise<Session> {
    const fullKey = `${kind} ${key}`
    const known = this.#entries.get(fullKey)
    this.#entries.delete(fullKey)
    if (known !== undefined) {
      this.#entries.set(fullKey, known)
      return known.session
    }
    await this.#makeRoom(kind)
    const session = this.#options.create(build(), kind)
    this.#entries.set(fullKey, { kind, session })
    session.catch(() => this.#entries.delete(fullKey))
    return session
  }

  /** Releases every session; the pool stays usable. */
  async clear(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const { session } of entries) await releaseQuietly(session)
  }

  async #makeRoom(kind: string): Promise<void> {
    const mine = [...this.#entries].filter(([, entry]) => entry.kind === kind)
    const surplus = mine.length + 1 - (this.#options.capacity[kind] ?? 1)
    for (const [key, { session }] of mine.slice(0, Math.max(0, surplus))) {
      this.#entries.delete(key)
      await releaseQuietly(session)
    }
  }
}

/** A session that failed to load holds nothing to release. */
const releaseQuietly = async (session: Promise<Session>): Promise<void> => {
  const [result] = await Promise.allSettled([session])
  if (result.status === 'fulfilled') await result.value.release()
}
