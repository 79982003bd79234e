import type { Graph } from '../graph/graph.ts'
import type { SessionKind } from './load-session.ts'
import type { SessionRequest } from './session-maker.ts'
import type { Session } from './session.ts'

/** Loads sessions on demand and keeps the few that decision 3 of the architecture allows. */
export interface PoolOptions {
  /** Live sessions of each kind; the least recently used one leaves. */
  readonly capacity: Readonly<Record<SessionKind, number>>
  readonly create: (request: SessionRequest) => Promise<Session>
}

interface Entry {
  readonly kind: SessionKind
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

  /** The session of `key`, created from `build()` when it is not there; others may leave. */
  async get(kind: SessionKind, key: string, build: () => Graph): Promise<Session> {
    const fullKey = `${kind} ${key}`
    const known = this.#entries.get(fullKey)
    this.#entries.delete(fullKey)
    if (known !== undefined) {
      this.#entries.set(fullKey, known)
      return known.session
    }
    await this.#makeRoomFor(kind)
    const session = this.#options.create({
      kind,
      graph: build(),
      alive: this.#keysOf(kind).length,
      makeRoom: () => this.#releaseOldest(fullKey),
      forget: () => this.#release(fullKey),
    })
    this.#entries.set(fullKey, { kind, session })
    session.catch(() => this.#entries.delete(fullKey))
    return session
  }

  /** Releases every session; the pool stays usable. */
  async clear(): Promise<void> {
    for (const key of [...this.#entries.keys()]) await this.#release(key)
  }

  #keysOf(kind: SessionKind): readonly string[] {
    return [...this.#entries].filter(([, entry]) => entry.kind === kind).map(([key]) => key)
  }

  async #makeRoomFor(kind: SessionKind): Promise<void> {
    const mine = this.#keysOf(kind)
    const surplus = mine.length + 1 - this.#options.capacity[kind]
    for (const key of mine.slice(0, Math.max(0, surplus))) await this.#release(key)
  }

  /** Lets the session used longest ago go, but not the one it is for. */
  async #releaseOldest(keptKey: string): Promise<boolean> {
    const key = [...this.#entries.keys()].find((other) => other !== keptKey)
    if (key === undefined) return false
    await this.#release(key)
    return true
  }

  /** A session that failed to load holds nothing to release. */
  async #release(key: string): Promise<void> {
    const entry = this.#entries.get(key)
    this.#entries.delete(key)
    if (entry === undefined) return
    const [result] = await Promise.allSettled([entry.session])
    if (result.status === 'fulfilled') await result.value.release()
  }
}
