import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server as TcpServer } from 'node:net'

/** A server of somebody else on this machine. */
export interface Site {
  readonly port: number
  /** `METHOD path`, `UPGRADE path`, in the order in which they came. */
  readonly requests: readonly string[]
  readonly close: () => Promise<void>
}

const blank = '<!doctype html><title>attacker</title><body>'

const listen = async (server: TcpServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port // A TCP server has an AddressInfo.
}

const end = (server: Server): Promise<void> => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => { resolve() })) // prettier-ignore
}

/** Serves one blank page for every path: the ground that attacks start from. */
export const openAttacker = async (): Promise<Site> => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(blank)
  })
  const port = await listen(server)
  return { port, requests: [], close: () => end(server) }
}

/**
 * A studio without any defence: says yes to every request of every page, its pictures too, and writes down what came.
 * An attack that leaves no trace here attacks nothing.
 */
export const openWeakStudio = async (picture: Uint8Array): Promise<Site> => {
  const requests: string[] = []
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
    const origin = request.headers.origin ?? '*'
    const allow = { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', 'Access-Control-Allow-Headers': 'content-type', 'Access-Control-Allow-Methods': '*' } // prettier-ignore
    const isPicture = request.url?.startsWith('/image/') === true
    response.writeHead(200, { ...allow, 'Content-Type': isPicture ? 'image/png' : 'text/html' })
    response.end(isPicture ? picture : '<!doctype html>')
  }
  const server = createServer(answer)
  server.on('upgrade', (request, socket) => {
    requests.push(`UPGRADE ${request.url ?? ''}`)
    socket.destroy()
  })
  const port = await listen(server)
  return { port, requests, close: () => end(server) }
}

/**
 * What a rebound name is to the browser: the first page comes from the attacker, everything after that from the studio,
 * byte for byte as the browser sent it.
 */
export const openRebinding = async (studioPort: number): Promise<Pick<Site, 'port' | 'close'>> => {
  const sockets = new Set<{ destroy: () => void }>()
  const server = createTcpServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    client.once('data', (first) => {
      if (first.toString('latin1').startsWith('GET /attack ')) {
        client.end(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ${blank.length}\r\n\r\n${blank}`) // prettier-ignore
        return
      }
      const studio = connect(studioPort, '127.0.0.1')
      sockets.add(studio)
      studio.on('error', () => client.destroy())
      studio.write(first)
      client.pipe(studio).pipe(client)
    })
  })
  const port = await listen(server)
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => { resolve() })) // prettier-ignore
  }
  return { port, close }
}
