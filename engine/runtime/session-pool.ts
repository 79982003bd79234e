import { inTurn } from './in-turn.ts'
import type { GraphForms, LoadSession, SessionKind } from './load-session.ts'
import type { SessionRequest } from './session-maker.ts'
import type { Session } from './session.ts'

/** Loads sessions on demand and keeps the few that decision 3 of the architecture allows. */
export interface PoolOptions {
  /** Live sessions of each kind; the least recently used one leaves. */
  readonly capacity: Readonly<Record<SessionKind, number>>
  readonly create: (request: SessionRequest) => Promise<Session>
  /** Asked when a session cannot be made or run: whether sessions are made elsewhere from now on. */
  readonly moves?: (error: unknown) => boolean
}

interface Entry {
  readonly kind: SessionKind
  readonly session: Session
}

/**
 * Sessions by key. A key says everything its graph depends on: network, sizes, features.
 *
 * One thing happens at a time: a run, with the loading that it needs before it. So a session never leaves while it runs,
 * and what is free when one is loaded is not promised to another.
 */
export class SessionPool {
  readonly #options: PoolOptions
  readonly #turns = inTurn()
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>()

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** A session that is loaded, from one of its forms, when it runs and is not there; others may leave for it. */
  readonly get: LoadSession = (kind, key, forms) => {
    const fullKey = `${kind} ${key}`
    return {
      run: (feeds, options) =>
        this.#turns(async () => {
          const run = async (): ReturnType<Session['run']> => {
            const session = await this.#load(kind, fullKey, forms)
            return session.run(feeds(), options)
          }
          try {
            return await run()
          } catch (error) {
            if (this.#options.moves?.(error) !== true) throw error
            await this.#abandon()
            return run()
          }
        }),
    }
  }

  /** Releases every session; the pool stays usable. */
  clear(): Promise<void> {
    return this.#turns(async () => {
      for (const key of [...this.#entries.keys()]) await this.#release(key)
    })
  }

  async #load(kind: SessionKind, key: string, forms: GraphForms): Promise<Session> {
    const known = this.#entries.get(key)
    this.#entries.delete(key)
    if (known !== undefined) {
      this.#entries.set(key, known)
      return known.session
    }
    await this.#makeRoomFor(kind)
    const session = await this.#options.create({
      kind,
      forms,
      alive: this.#keysOf(kind).length,
      makeRoom: () => this.#releaseOldest(),
      forget: () => this.#release(key),
    })
    this.#entries.set(key, { kind, session })
    return session
  }

  #keysOf(kind: SessionKind): readonly string[] {
    return [...this.#entries].filter(([, entry]) => entry.kind === kind).map(([key]) => key)
  }

  async #makeRoomFor(kind: SessionKind): Promise<void> {
    const mine = this.#keysOf(kind)
    const surplus = mine.length + 1 - this.#options.capacity[kind]
    for (const key of mine.slice(0, Math.max(0, surplus))) await this.#release(key)
  }

  /** Lets the session used longest ago go. */
  async #releaseOldest(): Promise<boolean> {
    const [key] = this.#entries.keys()
    if (key === undefined) return false
    await this.#release(key)
    return true
  }

  /** Lets everything go that was made where nothing more is made. */
  async #abandon(): Promise<void> {
    for (const key of [...this.#entries.keys()]) {
      // What a lost device holds may not even let itself be given back; what was lost is said by whoever moves.
      await this.#release(key).catch(() => undefined)
    }
  }

  async #release(key: string): Promise<void> {
    const entry = this.#entries.get(key)
    this.#entries.delete(key)
    await entry?.session.release()
  }
}
