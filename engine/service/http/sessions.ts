import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Who may talk to the server. A launch token is good for one visit and becomes a session; sessions live as long as the
 * server. Only hashes are kept, and compared in constant time.
 */
export class Sessions {
  readonly #launches: Buffer[] = []
  readonly #sessions: Buffer[] = []

  /** A new token for one launch URL. */
  newLaunch(): string {
    return issue(this.#launches)
  }

  /** Turns a launch token into a session, once; undefined when it is not good, or not any more. */
  redeem(launch: string): string | undefined {
    const index = findToken(this.#launches, launch)
    if (index < 0) return undefined
    this.#launches.splice(index, 1)
    return issue(this.#sessions)
  }

  isSession(token: string): boolean {
    return findToken(this.#sessions, token) >= 0
  }
}

const issue = (list: Buffer[]): string => {
  const token = randomBytes(32).toString('base64url')
  list.push(digest(token))
  return token
}

const findToken = (list: readonly Buffer[], token: string): number => {
  const wanted = digest(token)
  return list.findIndex((known) => timingSafeEqual(known, wanted))
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()
