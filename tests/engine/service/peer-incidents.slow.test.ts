import { readdirSync } from 'node:fs'
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingNames } from '../../../engine/contract/settings-record.ts'
import { describeModel } from '../../../engine/service/models/describe-model.ts'
import { hugePng, rawText, tinyPng } from '../image/png/tiny-png.ts'
import { get, request } from './raw-request.ts'
import { somePng } from './some-png.ts'
import { openWorld, secret } from './studio-world.ts'
import type { World } from './studio-world.ts'

/** What happened to other programs, tried on this one. The names are those of the reports. */
let world: World
let outside = ''
beforeAll(async () => {
  world = await openWorld({ describeModel })
  outside = join(world.root, '..')
})
afterAll(() => world.clean())

const cookie = (): Record<string, string> => ({ Cookie: `attune-${world.port}=${world.session}` })
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64')
const upload = (bytes: Uint8Array | string, name = 'a.png') =>
  world.window.call('images.upload', { name, base64: base64(bytes) })
const endpoints = (): string[] => ['/', '/launch', '/launch?token=x', '/contract', '/assets/a.js', '/nothing', ...['', '/thumbnail', '/share'].map((variant) => `/image/${world.imageId}${variant}`)] // prettier-ignore

const rows = (): unknown =>
  ['image', 'board', 'setting', 'job', 'document', 'feedback', 'tag', 'model_folder', 'library'].map((table) =>
    world.service.library.database.prepare(`SELECT * FROM ${table}`).all(),
  )

const upgrade = (headers: Readonly<Record<string, string>>) =>
  get(world.port, '/contract', { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers }) // prettier-ignore

const safetensors = (header: object, data: number): Buffer => {
  const text = JSON.stringify(header).padEnd(256)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, Buffer.from(text), Buffer.alloc(data)])
}

describe('requests', () => {
  it('CVE-2025-67303 (ComfyUI-Manager, config under a served folder): no file of the library has an address', async () => {
    const files = readdirSync(world.root, { recursive: true, encoding: 'utf8' })
    expect(files).toContain('library.db')
    for (const file of files) {
      for (const path of [
        `/${file}`,
        `/image/${file}`,
        `/assets/../../library/${file}`,
        `/${relative('/', join(world.root, file))}`,
      ]) {
        // prettier-ignore
        const { status, body } = await get(world.port, path, cookie())
        expect([path, status < 400, body.includes('SQLite format')]).toEqual([path, false, false])
      }
    }
  })

  it('CSRF by GET and by simple forms (ComfyUI-Manager #2818): reading changes nothing, writing is no method', async () => {
    const before = rows()
    for (const path of endpoints()) {
      await get(world.port, path, cookie())
      for (const type of [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
        'application/json',
      ]) {
        // prettier-ignore
        const headers = { ...cookie(), 'Content-Type': type, 'Content-Length': '2' }
        expect([path, type, (await request(world.port, 'POST', path, headers, '{}')).status]).toEqual([path, type, 405])
      }
      for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        expect((await request(world.port, method, path, cookie())).status).toBe(405)
      }
    }
    expect(rows()).toEqual(before)
  })

  it('DNS rebinding (ComfyUI #12860, CVE-2024-28224 Ollama): Host is held to a list, not to Origin', async () => {
    const evil = { ...cookie(), Host: `evil.example:${world.port}`, Origin: `http://evil.example:${world.port}` }
    for (const path of endpoints()) expect((await get(world.port, path, evil)).status).toBe(403)
    expect((await upgrade(evil)).status).toBe(403)
  })

  it('Origin: null and missing Origins (CVE-2026-56674 ComfyUI): a socket opens for neither', async () => {
    expect((await upgrade({ ...cookie(), Origin: 'null' })).status).toBe(403)
    expect((await upgrade(cookie())).status).toBe(403)
    expect((await get(world.port, `/image/${world.imageId}`, { ...cookie(), Origin: 'null' })).status).toBe(403)
  })

  it('Sec-Fetch-Site (ComfyUI #16203): a link from another site opens the page, and shows no picture', async () => {
    const linked = { ...cookie(), 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
    expect((await get(world.port, '/', linked)).status).toBe(200)
    expect((await get(world.port, `/image/${world.imageId}`, linked)).status).toBe(403)
  })

  it('CVE-2024-1511 (lollms-webui): being on this machine is no permission', async () => {
    for (const variant of ['', '/thumbnail', '/share']) {
      expect((await get(world.port, `/image/${world.imageId}${variant}`)).status).toBe(401)
    }
    expect((await upgrade({ Origin: `http://127.0.0.1:${world.port}` })).status).toBe(401)
    expect((await upgrade({ Authorization: `Bearer ${'a'.repeat(43)}` })).status).toBe(401)
  })

  it('tokens as Jupyter has them: 256 bits, good once, a cookie that scripts cannot read', async () => {
    const tokens = Array.from({ length: 100 }, () => new URL(world.server.newLaunchUrl()).searchParams.get('token'))
    expect(new Set(tokens).size).toBe(100)
    for (const token of tokens) expect(Buffer.from(token ?? '', 'base64url')).toHaveLength(32)
    const path = `/launch?token=${tokens[0] ?? ''}`
    const first = await get(world.port, path)
    expect(first.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
    expect((await get(world.port, path)).status).toBe(403)
  })

  it('a cookie that another server on this machine left under the same name locks nobody out', async () => {
    const tossed = `attune-${world.port}=${'x'.repeat(43)}; attune-${world.port}=${world.session}`
    expect((await get(world.port, `/image/${world.imageId}`, { Cookie: tossed })).status).toBe(200)
    const many = Array.from({ length: 200 }, () => `attune-${world.port}=x`).join('; ')
    expect((await get(world.port, `/image/${world.imageId}`, { Cookie: many })).status).toBe(401)
  })
})

describe('settings', () => {
  it('CVE-2026-22777 (ComfyUI-Manager, a line break into config.ini): no setting takes a control character', async () => {
    const before = await world.window.call('settings.get', {})
    // The window's own state is JSON, and comes back as the JSON it was.
    for (const name of settingNames.filter((one) => one !== 'window.state')) {
      for (const character of ['\r', '\n', '\0', '\r\n[default]\r\nsecurity_level = weak', '\u2028', '\u0085']) {
        await expect(world.window.call('settings.set', { name, value: `a${character}b` })).rejects.toMatchObject({ code: 'bad-argument' }) // prettier-ignore
      }
    }
    expect(await world.window.call('settings.get', {})).toEqual(before)
    const state = { text: 'a\r\n[default]\0' }
    expect(await world.window.call('settings.set', { name: 'window.state', value: state })).toEqual({ ...before, 'window.state': state }) // prettier-ignore
  })
})

describe('pictures', () => {
  it.each([
    ['an SVG with a script', `<svg xmlns="http://www.w3.org/2000/svg"><script>${secret}</script></svg>`],
    ['a page', `<!doctype html><script>${secret}</script>`],
    ['a GIF', 'GIF89a\u0001\u0000\u0001\u0000'],
    ['a program', '#!/bin/sh\nid'],
  ])('stored XSS (CVE-2026-56670 ComfyUI): %s is no picture, whatever it is called', async (_, text) => {
    await expect(upload(text)).rejects.toMatchObject({ code: 'format-unsupported' })
  })

  it('sniffing XSS (CVE-2026-56673 ComfyUI): a picture that is a page too is served as a picture and may run nothing', async () => {
    const page = Buffer.concat([tinyPng([rawText('tEXt', 'Comment', Buffer.from('<script>alert(1)</script>'))])])
    const { id } = await upload(page, 'page.html')
    const { status, headers } = await get(world.port, `/image/${id}`, cookie())
    expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([200, 'image/png', 'nosniff']) // prettier-ignore
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(headers.has('content-disposition')).toBe(false)
  })

  it('CVE-2024-11042, CVE-2025-6237 (InvokeAI, files by name): a name chooses no place to write, read or delete', async () => {
    const before = await readdir(outside)
    for (const [index, name] of [
      '../../evil.png',
      '/etc/evil.png',
      '..\\evil.png',
      'C:\\evil.png',
      '../library.db',
    ].entries()) {
      // prettier-ignore
      await upload(somePng(100 + index), name)
    }
    expect(await readdir(outside)).toEqual(before)
    const files = await readdir(join(world.root, 'images'), { recursive: true })
    expect(files.filter((name) => !/^[0-9a-f]{2}([\\/][0-9a-f]{64}\.(png|jpg|webp))?$/.test(name))).toEqual([])
    const document = { format: 'attune-document', version: 1, name: '../../etc/passwd', start: {}, changes: [], sequence: 0, blobs: {} } // prettier-ignore
    const { id } = await world.window.call('documents.import', { base64: base64(gzipSync(JSON.stringify(document))) })
    expect((await world.window.call('documents.export', { id })).fileName).not.toMatch(/[\\/]|^\./)
    expect((await stat(join(world.root, 'library.db'))).size).toBeGreaterThan(0)
  })

  it('CVE-2025-54387 (IPX, folders by their first letters): /img never opens /img-secret', async () => {
    const [folder, sibling] = [join(outside, 'img'), join(outside, 'img-secret')]
    for (const path of [folder, sibling]) await mkdir(path)
    await writeFile(join(sibling, 'a.png'), somePng(50))
    await symlink(join(sibling, 'a.png'), join(folder, 'a.png'))
    await world.window.call('images.importFolder', { path: folder })
    const { images } = await world.window.call('images.list', { query: { text: 'a.png' } })
    for (const { id } of images) expect((await get(world.port, `/image/${id}`, cookie())).status).toBe(404)
  })

  it('bombs (libpng, sharp): a picture that unpacks to gigabytes costs nothing and is not taken in', async () => {
    const memory = process.memoryUsage.rss()
    await expect(upload(hugePng(60_000, 20_000))).rejects.toMatchObject({ code: 'file-unsafe' })
    const zipped = deflateSync(Buffer.alloc(200_000_000, 65), { level: 9 })
    const bomb = tinyPng([rawText('zTXt', 'parameters', Buffer.concat([Buffer.from([0]), zipped]))])
    const begun = performance.now()
    const { id } = await upload(bomb)
    expect(performance.now() - begun).toBeLessThan(2000)
    expect((await world.window.call('images.get', { id })).foreign).toBeNull()
    // The 200 MB that were deflated above are this test's own.
    expect(process.memoryUsage.rss() - memory).toBeLessThan(600_000_000)
  })
})

describe('models', () => {
  const folder = (): string => join(outside, 'models')

  it('CVE-2024-12029 (InvokeAI, torch.load of a URL), CVE-2025-32434 (PyTorch): no URL is a place, no pickle is opened', async () => {
    for (const path of ['http://evil.example/a.ckpt', 'file:///etc/passwd', '\\\\evil\\share', 'https://x/y']) {
      await expect(world.window.call('models.addFolder', { path })).rejects.toMatchObject({ code: 'bad-argument' })
      await expect(world.window.call('catalogue.download', { id: path, acceptsLicence: true })).rejects.toMatchObject({ code: 'not-found' }) // prettier-ignore
    }
    await mkdir(folder())
    const pickle = Buffer.concat([Buffer.from([0x80, 4]), Buffer.from('cposix\nsystem\n(S"touch owned"\ntR.')])
    await writeFile(join(folder(), 'a.safetensors'), pickle)
    await writeFile(join(folder(), 'b.safetensors'), Buffer.from('PK\u0003\u0004rest', 'latin1'))
    await writeFile(join(folder(), 'c.ckpt'), pickle)
    await writeFile(join(folder(), 'd.onnx'), 'never listed')
    await world.window.call('models.addFolder', { path: folder() })
    const models = await world.window.call('models.list', {})
    expect(models.map(({ name, isUsable }) => [name, isUsable])).toEqual([['a.safetensors', false], ['b.safetensors', false], ['c.ckpt', false]]) // prettier-ignore
    for (const { sentence } of models) expect(sentence).toContain('never opens it')
  })

  it('CVE-2026-7482 (Ollama, offsets beyond the file): a tensor that lies outside is found before anybody reads it', async () => {
    const tensor = (offsets: readonly [number, number], shape = [4]) => ({ x: { dtype: 'F32', shape, data_offsets: offsets } }) // prettier-ignore
    await writeFile(join(folder(), 'e.safetensors'), safetensors(tensor([0, 4_000_000], [1_000_000]), 16))
    await writeFile(join(folder(), 'f.safetensors'), safetensors(tensor([-16, 0]), 16))
    await writeFile(join(folder(), 'g.safetensors'), safetensors(tensor([0, 2 ** 53]), 16))
    const models = await world.window.call('models.rescan', {})
    const bad = models.filter(({ name }) => /^[efg]/.test(name))
    expect(bad.map(({ isUsable }) => isUsable)).toEqual([false, false, false])
  })

  it('CVE-2026-111984 (A1111, a LoRA named as a script): names and texts of files stay text', async () => {
    const name = '<img src=x onerror=alert(1)>.safetensors'
    await writeFile(join(folder(), name), safetensors({ __metadata__: { ss_output_name: '<script>' } }, 0))
    const model = (await world.window.call('models.rescan', {})).find((one) => one.name === name)
    expect(model?.path).toBe(name)
    const texts = [{ keyword: 'parameters', text: '<script>alert(1)</script>\nSteps: 20, Seed: 1, Model: <img src=x onerror=alert(1)>' }] // prettier-ignore
    const { id } = await upload(somePng(60, texts))
    const { foreign } = await world.window.call('images.get', { id })
    expect(foreign).toMatchObject({ prompt: '<script>alert(1)</script>', model: '<img src=x onerror=alert(1)>' })
  })
})
