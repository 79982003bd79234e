import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { ContractClient } from '../../../engine/contract/contract-client.ts'
import { socketPipe } from '../../../engine/contract/pipe.ts'
import { contentSecurityPolicy } from '../../../engine/service/http/security-headers.ts'
import { somePng } from './some-png.ts'
import { get, rawRequest, request } from './raw-request.ts'
import type { RawAnswer } from './raw-request.ts'
import { openWorld, secret } from './studio-world.ts'
import type { World } from './studio-world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.clean())

const cookie = (): Record<string, string> => ({ Cookie: `attune-${world.port}=${world.session}` })

describe('the loopback server', () => {
  it('listens on 127.0.0.1 and on no other address', async () => {
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4') // prettier-ignore
    for (const { address } of others) {
      await expect(
        new Promise((resolve, reject) => connect(world.port, address, () => { resolve('open') }).on('error', reject)), // prettier-ignore
      ).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
    expect((await get(world.port, '/')).status).toBe(200)
  })

  it('turns a launch URL into a session once', async () => {
    const { pathname, search } = new URL(world.server.newLaunchUrl())
    const first = await get(world.port, pathname + search)
    expect(first.status).toBe(303)
    expect(first.headers.get('location')).toBe('/')
    expect(first.headers.get('set-cookie')).toMatch(
      new RegExp(`^attune-${world.port}=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    )
    expect((await get(world.port, pathname + search)).status).toBe(403)
  })

  it('sends the policy and no CORS header with every answer', async () => {
    const answers = await Promise.all([
      get(world.port, '/'),
      get(world.port, '/assets/a.js'),
      get(world.port, '/nothing'),
      get(world.port, `/image/${world.imageId}`),
      request(world.port, 'POST', '/'),
      get(world.port, '/', { Host: 'evil.example' }),
    ])
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('serves pictures by id, small ones, and share copies without the prompt', async () => {
    const [original, thumbnail, share] = await Promise.all(
      ['', '/thumbnail', '/share'].map((variant) => get(world.port, `/image/${world.imageId}${variant}`, cookie())),
    )
    expect(original).toMatchObject({ status: 200 })
    expect(original?.headers.get('content-type')).toBe('image/png')
    expect(original?.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(original?.body.includes('a red kettle') || original?.body.includes(secret)).toBe(true)
    expect(thumbnail?.status).toBe(200)
    expect(share?.body.includes(secret)).toBe(false)
    expect(share?.body.includes('trainedAlgorithmicMedia')).toBe(true)
    const tag = original?.headers.get('etag') ?? ''
    expect((await get(world.port, `/image/${world.imageId}`, { ...cookie(), 'If-None-Match': tag })).status).toBe(304)
  })

  it('never serves a picture whose file became something else', async () => {
    const folder = join(world.root, '..', 'in-place')
    await mkdir(folder)
    await writeFile(join(folder, 'a.png'), somePng(7))
    await world.window.call('images.importFolder', { path: folder })
    const { images } = await world.window.call('images.list', { query: {} })
    const id = images.find((image) => image.id !== world.imageId)?.id ?? 0
    expect((await get(world.port, `/image/${id}`, cookie())).status).toBe(200)
    await writeFile(join(folder, 'a.png'), `<svg xmlns="http://www.w3.org/2000/svg"><script>${secret}</script></svg>`)
    const answer = await get(world.port, `/image/${id}`, cookie())
    expect([answer.status, answer.body.includes(secret)]).toEqual([404, false])
  })

  it('follows no link out of an imported folder', async () => {
    const folder = join(world.root, '..', 'linked')
    await mkdir(folder)
    await writeFile(join(folder, 'b.png'), somePng(8))
    await world.window.call('images.importFolder', { path: folder })
    const { images } = await world.window.call('images.list', { query: {} })
    const id = Math.max(...images.map((image) => image.id))
    const { rm } = await import('node:fs/promises')
    await rm(join(folder, 'b.png'))
    await writeFile(join(world.root, '..', 'outside.png'), somePng(9))
    await symlink(join(world.root, '..', 'outside.png'), join(folder, 'b.png'))
    expect((await get(world.port, `/image/${id}`, cookie())).status).toBe(404)
  })

  it('speaks the contract over a WebSocket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${world.port}/contract`, {
      origin: `http://127.0.0.1:${world.port}`,
      headers: cookie(),
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const window = await ContractClient.connect(socketPipe(socket))
    const told = new Promise((resolve) => window.on('boards.changed', resolve))
    expect(await window.call('boards.create', { name: 'over the wire' })).toMatchObject({ name: 'over the wire' })
    await told
    await expect(window.call('images.get', { id: 1 })).rejects.toMatchObject({ code: 'not-found' })
    window.close()
  })
})

/** What a page of another site (or another server on this machine) can make a browser send. */
describe('30 attacks from a browser', () => {
  const port = (): number => world.port
  const image = (): string => `/image/${world.imageId}`
  type Attack = readonly [string, () => Promise<RawAnswer>]
  const upgrade = (headers: Readonly<Record<string, string>>, path = '/contract'): Promise<RawAnswer> =>
    get(port(), path, {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    })
  const evil = { Origin: 'http://evil.example' }
  const form = 'application/x-www-form-urlencoded'
  const attacks: readonly Attack[] = [
    ['a picture without a session', () => get(port(), image())],
    ['a picture with a wrong session', () => get(port(), image(), { Cookie: `attune-${port()}=${'a'.repeat(43)}` })],
    ['a picture with an empty session', () => get(port(), image(), { Cookie: `attune-${port()}=` })],
    ['a picture with a session in another cookie', () => get(port(), image(), { Cookie: `attune=${world.session}` })],
    ['a picture by a rebound name', () => get(port(), image(), { ...cookie(), Host: `evil.example:${port()}` })],
    ['a rebound name that Origin agrees with', () => get(port(), image(), { ...cookie(), Host: `evil.example:${port()}`, Origin: `http://evil.example:${port()}` })], // prettier-ignore
    ['the right name on another port', () => get(port(), image(), { ...cookie(), Host: '127.0.0.1:1' })],
    ['the right name without a port', () => get(port(), image(), { ...cookie(), Host: '127.0.0.1' })],
    ['a name that begins like ours', () => get(port(), image(), { ...cookie(), Host: `127.0.0.1:${port()}.evil.example` })], // prettier-ignore
    ['0.0.0.0', () => get(port(), image(), { ...cookie(), Host: `0.0.0.0:${port()}` })],
    ['a decimal address', () => get(port(), image(), { ...cookie(), Host: `2130706433:${port()}` })],
    ['two hosts', () => rawRequest(port(), `GET ${image()} HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)], // prettier-ignore
    ['no host', () => rawRequest(port(), `GET ${image()} HTTP/1.0\r\n\r\n`)],
    ['fetch with cookies from another site', () => get(port(), image(), { ...cookie(), ...evil })],
    ['an <img> of another site', () => get(port(), image(), { ...cookie(), 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' })], // prettier-ignore
    ['an <img> of another port of this machine', () => get(port(), image(), { ...cookie(), 'Sec-Fetch-Site': 'same-site' })], // prettier-ignore
    ['a sandboxed frame', () => get(port(), image(), { ...cookie(), Origin: 'null' })],
    ['an Origin of another port', () => get(port(), image(), { ...cookie(), Origin: 'http://127.0.0.1:1' })],
    ['an Origin of another scheme', () => get(port(), image(), { ...cookie(), Origin: `https://127.0.0.1:${port()}` })],
    ['a form post', () => request(port(), 'POST', '/contract', { ...cookie(), ...evil, 'Content-Type': form, 'Content-Length': '3' }, 'a=b')], // prettier-ignore
    ['a multipart post', () => request(port(), 'POST', '/contract', { ...cookie(), 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': '1' }, 'x')], // prettier-ignore
    ['a text post', () => request(port(), 'POST', '/contract', { ...cookie(), 'Content-Type': 'text/plain', 'Content-Length': '2' }, '{}')], // prettier-ignore
    ['a post of JSON', () => request(port(), 'POST', '/contract', { ...cookie(), 'Content-Type': 'application/json', 'Content-Length': '2' }, '{}')], // prettier-ignore
    ['a preflight', () => request(port(), 'OPTIONS', '/contract', { ...evil, 'Access-Control-Request-Method': 'POST' })], // prettier-ignore
    ['a delete', () => request(port(), 'DELETE', image(), cookie())],
    ['a WebSocket of another site', () => upgrade({ ...cookie(), ...evil })],
    ['a WebSocket without a session', () => upgrade({ Origin: `http://127.0.0.1:${port()}` })],
    ['a WebSocket without an Origin', () => upgrade(cookie())],
    ['a WebSocket of a sandboxed frame', () => upgrade({ ...cookie(), Origin: 'null' })],
    ['a WebSocket by a rebound name', () => upgrade({ ...cookie(), Host: `evil.example:${port()}`, Origin: `http://evil.example:${port()}` })], // prettier-ignore
    ['a WebSocket of another port', () => upgrade({ ...cookie(), Origin: 'http://localhost:1' })],
    ['a guessed launch', () => get(port(), `/launch?token=${'A'.repeat(43)}`)],
    ['a get with a body', () => request(port(), 'GET', image(), { ...cookie(), 'Content-Length': '5' }, 'hello')],
    ['a whole URL to another site', () => rawRequest(port(), `GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nConnection: close\r\n\r\n`)], // prettier-ignore
    ['a tunnel', () => rawRequest(port(), `CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\n\r\n`)],
    ['a smuggled second request', () => rawRequest(port(), `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET ${image()} HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nCookie: attune-${port()}=${world.session}\r\n\r\n`)], // prettier-ignore
    ['a cookie that holds a header', () => get(port(), image(), { Cookie: `attune-${port()}=x%0d%0aSet-Cookie:a=b` })],
  ]

  it.each(attacks)('%s', async (_, attack) => {
    const boards = await world.window.call('boards.list', {})
    const answer = await attack()
    expect(answer.status === 0 || answer.status >= 400 || answer.status === 204).toBe(true)
    expect(answer.body.includes(secret)).toBe(false)
    expect(answer.body.includes('PNG')).toBe(false)
    expect(answer.headers.get('set-cookie')).toBeUndefined()
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(await world.window.call('boards.list', {})).toEqual(boards)
  })

  it('are at least 30', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(30)
  })
})

describe('200 forms of paths', () => {
  const targets = ['library.db', 'library.db-wal', 'secret.json', 'window-secret/a.js', 'run.sh', 'etc/passwd']
  const climbs = [
    ...['../', '..\\', '%2e%2e/', '%2e%2e%2f', '..%2f', '..%5c', '%252e%252e%252f', '%c0%ae%c0%ae/', '..;/', '....//'],
    ...[
      '.%2e/',
      '%2e./',
      '..%00/',
      '..%0d%0a/',
      '..//',
      '.././',
      '%uff0e%uff0e/',
      '..%c1%9c',
      '\u2025/',
      '..%ef%bc%8f',
    ],
  ]
  const bases = ['/', '/assets/', '/image/', '/image/1/', '/launch/']
  const forms = [
    ...targets.flatMap((target) => climbs.flatMap((climb) => bases.slice(0, 2).map((base) => base + climb.repeat(3) + target))), // prettier-ignore
    ...bases.flatMap((base) => [
      `${base}C:/secret.json`,
      `${base}//host/share/secret.json`,
      `${base}%5c%5c%3f%5cC:%5csecret.json`,
      `${base}a.js::$DATA`,
      `${base}a.js%00.png`,
      `${base}NUL`,
      `${base}~/secret.json`,
      `${base}${'a/'.repeat(900)}`,
      `${base}assets/A.JS`,
      `${base}a.js.`,
      `${base}a.js%20`,
      `${base}file:///etc/passwd`,
    ]),
    ...['library.db', 'library.lock', 'backups/', 'images/', 'models/', 'thumbnails/', 'settings', 'log.txt'].map((name) => `/${name}`), // prettier-ignore
    ...['1e3', '01', '-1', '1.0', '0x1', '1%00', '1/../1', '1/thumbnail/..', '9999999999999999', "1'", '1%20', '1;a'].map((id) => `/image/${id}`), // prettier-ignore
  ]

  it(`gives away nothing in ${forms.length} forms`, async () => {
    expect(forms.length).toBeGreaterThanOrEqual(200)
    const wrong: string[] = []
    for (const form of forms) {
      const line = Buffer.from(`GET ${form} HTTP/1.1\r\nHost: 127.0.0.1:${world.port}\r\nCookie: attune-${world.port}=${world.session}\r\nConnection: close\r\n\r\n`) // prettier-ignore
      const { status, body } = await rawRequest(world.port, line)
      const isRefused = status === 0 || (status >= 400 && status < 500)
      if (!isRefused || body.includes(secret) || body.includes('SQLite format') || body.includes('root:')) wrong.push(form) // prettier-ignore
    }
    expect(wrong).toEqual([])
  })
})

describe('a rude client', () => {
  it('that sends half a request and waits does not keep others from their answers', async () => {
    const sockets = Array.from({ length: 50 }, () => {
      const socket = connect(world.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('GET / HT')
      return socket
    })
    expect((await get(world.port, '/')).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })

  it('that sends a monstrous header is turned away', async () => {
    const answer = await get(world.port, '/', { 'X-Long': 'a'.repeat(100_000) })
    expect([0, 431]).toContain(answer.status)
  })

  it('that sends frames that are no contract gets failures, not a crash', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${world.port}/contract`, {
      headers: { Authorization: `Bearer ${world.session}` },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const answers: unknown[] = []
    const enough = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (answers.push(JSON.parse(data.toString('utf8'))) === 5) resolve()
      })
    })
    for (const text of ['', '{', 'null', '{"kind":"call","id":1,"name":"boards.list","input":{}}']) socket.send(text)
    socket.send(Buffer.from([0, 1, 2]))
    await enough
    expect(answers).toMatchObject(Array(5).fill({ kind: 'failure', failure: { code: 'contract-violated' } }))
    socket.terminate()
  })
})
