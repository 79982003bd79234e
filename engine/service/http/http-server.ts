import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { EngineError } from '../../contract/failures.ts'
import { socketPipe } from '../../contract/pipe.ts'
import { PictureFiles, pictureVariants } from '../pictures/picture-files.ts'
import type { PictureVariant } from '../pictures/picture-files.ts'
import type { StudioService } from '../studio-service.ts'
import { asLibraryFailure } from '../../library/library-failure.ts'
import { judgePrivate, judgeRequest, judgeUpgrade } from './judge-request.ts'
import type { Gate, Refusal } from './judge-request.ts'
import { assertPort, listenFailure } from './listen-failure.ts'
import { securityHeaders } from './security-headers.ts'
import { Sessions } from './sessions.ts'
import { listStaticFiles } from './static-files.ts'
import type { StaticFile } from './static-files.ts'

export interface HttpOptions {
  readonly service: StudioService
  /** The built window; absent = a page that says so. */
  readonly rendererFolder?: string
  /** Default: any free one. */
  readonly port?: number
}

const loopback = '127.0.0.1'
const mostSockets = 32
const mostMessageBytes = 192 * 2 ** 20
/** A window that does not read what it is told is hung up on before its backlog eats the memory. */
const mostBacklogBytes = 64 * 2 ** 20

/** The headless studio: the window's files, pictures by id, and the contract over a WebSocket, for this machine alone. */
export class StudioServer {
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: mostMessageBytes, clientTracking: true })
  readonly #sessions = new Sessions()
  readonly #files: ReadonlyMap<string, StaticFile>
  readonly #pictures: PictureFiles
  readonly #service: StudioService
  #port = 0

  private constructor(service: StudioService, files: ReadonlyMap<string, StaticFile>) {
    this.#service = service
    this.#files = files
    this.#pictures = new PictureFiles(service.library, service.codec)
    this.#server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16_384 })
    this.#server.maxConnections = 512
    this.#server.on('request', (request, response) => {
      void this.#answer(request, response)
    })
    this.#server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head)
    })
  }

  /** Listens on the loopback address only. @throws EngineError 'conflict' when the port is taken, 'bad-argument', 'refused' */
  static async listen({ service, rendererFolder, port = 0 }: HttpOptions): Promise<StudioServer> {
    const files = rendererFolder === undefined ? new Map<string, StaticFile>() : await listStaticFiles(rendererFolder)
    const studio = new StudioServer(service, files)
    assertPort(port)
    await new Promise<void>((resolve, reject) => {
      studio.#server.once('error', (error) => {
        reject(listenFailure(port, error))
      })
      studio.#server.listen(port, loopback, resolve)
    })
    studio.#port = (studio.#server.address() as AddressInfo).port // A TCP server has an AddressInfo.
    return studio
  }

  get port(): number {
    return this.#port
  }

  /** A URL that opens the studio once. */
  newLaunchUrl(): string {
    return `http://${loopback}:${this.#port}/launch?token=${this.#sessions.newLaunch()}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
  }

  get #gate(): Gate {
    return { port: this.#port, sessions: this.#sessions, cookieName: `attune-${this.#port}` }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = judgeRequest(request, this.#gate)
    if (refusal !== undefined) {
      refuse(response, refusal)
      return
    }
    const [path = '', search = ''] = (request.url ?? '').split('?', 2)
    if (path === '/launch') this.#launch(response, new URLSearchParams(search).get('token') ?? '')
    else if (path.startsWith('/image/')) await this.#picture(request, response, path)
    else this.#static(request, response, path)
  }

  #launch(response: ServerResponse, token: string): void {
    const session = this.#sessions.redeem(token)
    if (session === undefined) {
      refuse(response, { status: 403, reason: 'launch' })
      return
    }
    response.writeHead(303, {
      ...securityHeaders,
      'Set-Cookie': `${this.#gate.cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
      'Cache-Control': 'no-store',
      Location: '/',
    })
    response.end()
  }

  async #picture(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const refusal = judgePrivate(request, this.#gate)
    const match = /^\/image\/([1-9][0-9]{0,15})(?:\/(thumbnail|share))?$/.exec(path)
    if (refusal !== undefined || match === null) {
      refuse(response, refusal ?? { status: 404, reason: 'path' })
      return
    }
    const variant = pictureVariants.find((name) => name === match[2]) ?? 'original'
    try {
      await this.#sendPicture(request, response, Number(match[1]), variant)
    } catch (error) {
      const known = asLibraryFailure(error)
      if (known instanceof EngineError) refuse(response, { status: statusOf(known), reason: known.code })
      else {
        this.#service.onDefect(error, 'picture')
        refuse(response, { status: 500, reason: 'unexpected' })
      }
    }
  }

  async #sendPicture(
    request: IncomingMessage,
    response: ServerResponse,
    id: number,
    variant: PictureVariant,
  ): Promise<void> {
    const { bytes, format, hash } = await this.#pictures.read(id, variant)
    const tag = `"${hash.slice(0, 32)}-${variant}"`
    const isKnown = request.headers['if-none-match'] === tag
    response.writeHead(isKnown ? 304 : 200, {
      ...securityHeaders,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Content-Type': `image/${format}`,
      'Cache-Control': 'private, max-age=0, must-revalidate',
      ETag: tag,
      ...(isKnown ? {} : { 'Content-Length': bytes.byteLength }),
    })
    response.end(isKnown || request.method === 'HEAD' ? undefined : bytes)
  }

  #static(request: IncomingMessage, response: ServerResponse, path: string): void {
    const file = this.#files.get(path)
    if (file === undefined) {
      if (path === '/' && this.#files.size === 0) sendText(response, 200, 'The window of the studio is not built.')
      else refuse(response, { status: 404, reason: 'path' })
      return
    }
    response.writeHead(200, {
      ...securityHeaders,
      'Content-Type': file.contentType,
      'Content-Length': file.sizeBytes,
      'Cache-Control': 'no-cache',
    })
    if (request.method === 'HEAD') response.end()
    else createReadStream(file.path).on('error', () => response.destroy()).pipe(response) // prettier-ignore
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const isFull = this.#sockets.clients.size >= mostSockets
    const refusal = judgeUpgrade(request, this.#gate)
    if (refusal !== undefined || isFull) {
      const { status } = refusal ?? { status: 403 }
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {
        client.terminate()
      })
      const pipe = socketPipe(client)
      this.#service.attach({
        ...pipe,
        send: (message) => {
          if (client.bufferedAmount > mostBacklogBytes) client.terminate()
          else pipe.send(message)
        },
      })
    })
  }
}

/** A picture that cannot be had now is another thing than one that is not there: the window asks for it again. */
const statusOf = ({ code }: EngineError): 404 | 503 =>
  code === 'file-unreadable' || code === 'file-unwritable' || code === 'disk-full' || code === 'engine-stopped'
    ? 503
    : 404

const refuse = (response: ServerResponse, { status, reason }: Refusal): void => {
  response.setHeader('Connection', 'close')
  sendText(response, status, `Refused: ${reason}`)
}

const sendText = (response: ServerResponse, status: number, text: string): void => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, {
    ...securityHeaders,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
  })
  response.end(text)
}
