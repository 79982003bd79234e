import type { IncomingMessage } from 'node:http'
import type { Sessions } from './sessions.ts'

/** Why a request is turned away; undefined lets it in. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 500 | 503
  readonly reason: string
}

export interface Gate {
  readonly port: number
  readonly sessions: Sessions
  readonly cookieName: string
}

const longestUrl = 2048

/**
 * What holds for every request, before anybody looks at what it asks for: the right host by a fixed list (a rebound name
 * is none of them), only reading, no body.
 */
export const judgeRequest = (request: IncomingMessage, { port }: Gate): Refusal | undefined => {
  const url = request.url ?? ''
  if (!hasOneHost(request) || !hosts(port).includes(request.headers.host ?? '')) {
    return { status: 403, reason: 'host' }
  }
  if (!url.startsWith('/') || url.startsWith('//') || url.length > longestUrl) return { status: 400, reason: 'url' }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, reason: 'method' }
  const hasBody = Number(request.headers['content-length'] ?? '0') !== 0 || 'transfer-encoding' in request.headers
  return hasBody ? { status: 413, reason: 'body' } : undefined
}

/**
 * What holds beyond that for pictures and everything that is the user's: a session, and no other site behind it. An
 * Origin, where there is one, is one of ours; `null` never is.
 */
export const judgePrivate = (request: IncomingMessage, gate: Gate): Refusal | undefined => {
  if (!hasSession(request, gate)) return { status: 401, reason: 'session' }
  if (isForeign(request, gate)) return { status: 403, reason: 'origin' }
  return undefined
}

/** A WebSocket also needs an Origin, unless a program shows its token in a header, which no page can. */
export const judgeUpgrade = (request: IncomingMessage, gate: Gate): Refusal | undefined => {
  const refusal = judgeRequest(request, gate) ?? judgePrivate(request, gate)
  if (refusal !== undefined) return refusal
  if (request.url !== '/contract') return { status: 404, reason: 'url' }
  if (request.headers.origin === undefined && bearer(request) === undefined) return { status: 403, reason: 'origin' }
  return undefined
}

/** The names this server answers to, and nothing else. */
const hosts = (port: number): string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]

const hasOneHost = ({ rawHeaders }: IncomingMessage): boolean =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length === 1

const isForeign = ({ headers }: IncomingMessage, { port }: Gate): boolean => {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return headers.origin !== undefined && !hosts(port).some((host) => headers.origin === `http://${host}`)
}

const hasSession = (request: IncomingMessage, { sessions, cookieName }: Gate): boolean => {
  const token = bearer(request)
  const tokens = token === undefined ? cookies(request, cookieName) : [token]
  return tokens.some((one) => one.length < 200 && sessions.isSession(one))
}

const bearer = ({ headers }: IncomingMessage): string | undefined =>
  /^Bearer ([A-Za-z0-9_-]+)$/.exec(headers.authorization ?? '')?.[1]

const mostCookies = 8

/** All of that name: another server of this machine can put one of its own beside ours, and browsers send both. */
const cookies = ({ headers }: IncomingMessage, name: string): string[] => {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const named = pairs.filter((pair) => pair.startsWith(`${name}=`)).slice(0, mostCookies)
  return named.map((pair) => pair.slice(name.length + 1))
}
