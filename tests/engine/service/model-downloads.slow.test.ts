import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { put, safetensors, startService } from './model-service.ts'
import { nextEvent } from './temporary-service.ts'
import type { OpenService } from './temporary-service.ts'

interface Hub {
  readonly url: string
  /** The range of each request, or `whole`. */
  readonly requests: readonly string[]
  readonly behaviour: { breaksAfter?: number; knowsRanges?: boolean }
  /** Breaks the connections that were served only in part. */
  readonly breakOff: () => void
}

/** A hub of one file: counts requests, knows ranges, and can break off or lie. */
const startHub = async (
  content: Buffer,
  behaviour: { breaksAfter?: number; knowsRanges?: boolean } = {},
): Promise<Hub> => {
  const requests: string[] = []
  const open: ServerResponse[] = []
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    requests.push(request.headers.range ?? 'whole')
    const start = range === null || behaviour.knowsRanges === false ? 0 : Number(range[1])
    const headers = { 'Content-Length': content.length - start }
    if (start > 0)
      response.writeHead(206, { ...headers, 'Content-Range': `bytes ${start}-${content.length - 1}/${content.length}` }) // prettier-ignore
    else response.writeHead(200, headers)
    const { breaksAfter } = behaviour
    if (breaksAfter === undefined) response.end(content.subarray(start))
    else {
      response.write(content.subarray(start, start + breaksAfter))
      open.push(response)
    }
  }
  const server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo // A TCP server has one.
  return {
    url: `http://127.0.0.1:${port}/model.safetensors`,
    requests,
    behaviour,
    breakOff: () => open.forEach((response) => response.destroy()),
  }
}

const catalogue = (url: string, content: Buffer, sha256?: string): string =>
  JSON.stringify({
    version: 1,
    models: [
      {
        id: 'tiny',
        title: 'Tiny',
        kind: 'checkpoint',
        family: 'sd1',
        licence: 'CreativeML Open RAIL-M',
        licenceUrl: 'https://example.org/licence',
        files: [
          { path: 'tiny.safetensors', url, sha256: sha256 ?? createHash('sha256').update(content).digest('hex'), sizeBytes: content.length }, // prettier-ignore
        ],
      },
    ],
  })

const content = safetensors('x', [65_536])
const download = { id: 'tiny', acceptsLicence: true } as const

const finished = (window: OpenService['window']): Promise<unknown> =>
  nextEvent(window, 'download.changed', ({ state }) => state === 'done' || state === 'failed')

describe('downloads', () => {
  it('show the licence, check the content and end up in the list of models', async () => {
    const { window, root } = await startService()
    const hub = await startHub(content)
    await writeFile(join(root, 'catalogue.json'), catalogue(hub.url, content))
    expect(await window.call('catalogue.list', {})).toMatchObject({ models: [{ id: 'tiny', licence: 'CreativeML Open RAIL-M', source: null }], faults: [] }) // prettier-ignore
    const [end, listed] = [finished(window), nextEvent(window, 'models.changed')]
    await window.call('catalogue.download', download)
    expect(await end).toMatchObject({ state: 'done', doneBytes: content.length })
    await listed
    expect(await readFile(join(root, 'models', 'tiny', 'tiny.safetensors'))).toEqual(content)
    expect(await window.call('models.list', {})).toMatchObject([{ path: 'tiny/tiny.safetensors' }])
  })

  it('go on where they broke off, also after a restart', async () => {
    const { window, root } = await startService()
    const hub = await startHub(content, { breaksAfter: 100_000 })
    await writeFile(join(root, 'catalogue.json'), catalogue(hub.url, content))
    const broken = finished(window)
    const arrived = nextEvent(window, 'download.changed', ({ doneBytes }) => doneBytes > 0)
    await window.call('catalogue.download', download)
    await arrived
    hub.breakOff()
    expect(await broken).toMatchObject({ state: 'failed' })
    const part = (await stat(join(root, 'models', 'tiny', 'tiny.safetensors.part'))).size
    expect(part).toBeGreaterThan(0)
    delete hub.behaviour.breaksAfter
    const end = finished(window)
    await window.call('catalogue.download', download)
    expect(await end).toMatchObject({ state: 'done' })
    expect(hub.requests).toEqual(['whole', `bytes=${part}-`])
    expect(await readFile(join(root, 'models', 'tiny', 'tiny.safetensors'))).toEqual(content)
  })

  it('that an earlier start began are shown as far as they came', async () => {
    const { window, root } = await startService()
    await writeFile(join(root, 'catalogue.json'), catalogue('http://127.0.0.1:1/', content))
    expect(await window.call('catalogue.downloads', {})).toEqual([])
    await put(root, { 'models/tiny/tiny.safetensors.part': content.subarray(0, 5000) })
    expect(await window.call('catalogue.downloads', {})).toMatchObject([{ entryId: 'tiny', state: 'paused', doneBytes: 5000 }]) // prettier-ignore
    await put(root, { 'models/tiny/tiny.safetensors': content })
    expect(await window.call('catalogue.downloads', {})).toMatchObject([{ entryId: 'tiny', state: 'done' }])
  })

  it('of the user come from his own lists, and a broken list hides nothing', async () => {
    const { window, root } = await startService()
    const hub = await startHub(content)
    await put(root, {
      'catalogues/mine.json': catalogue(hub.url, content),
      'catalogues/same.json': catalogue('http://127.0.0.1:1/', content),
      'catalogues/broken.json': '{"version":1,"models":[{"id":"../x"}]}',
      'catalogues/no.json': 'no JSON',
      'catalogues/notes.txt': 'never read',
    })
    const { models, faults } = await window.call('catalogue.list', {})
    expect(models).toMatchObject([{ id: 'tiny', source: 'mine.json', licenceUrl: 'https://example.org/licence' }])
    expect(faults.map(({ fileName }) => fileName)).toEqual(['broken.json', 'no.json', 'same.json'])
    const end = finished(window)
    await window.call('catalogue.download', download)
    expect(await end).toMatchObject({ state: 'done', failure: null })
  })

  it('that find no room are not begun', async () => {
    const { window, root } = await startService()
    const hub = await startHub(content)
    const huge = catalogue(hub.url, content).replace(`"sizeBytes":${content.length}`, `"sizeBytes":${2 ** 52}`)
    await writeFile(join(root, 'catalogue.json'), huge)
    await expect(window.call('catalogue.download', download)).rejects.toMatchObject({ code: 'disk-full', facts: { neededBytes: 2 ** 52 } }) // prettier-ignore
    expect(hub.requests).toEqual([])
  })

  it('start over with a server that does not know ranges', async () => {
    const { window, root } = await startService()
    const hub = await startHub(content, { knowsRanges: false })
    await writeFile(join(root, 'catalogue.json'), catalogue(hub.url, content))
    await put(root, { 'models/tiny/tiny.safetensors.part': content.subarray(0, 5000) })
    const end = finished(window)
    await window.call('catalogue.download', download)
    expect(await end).toMatchObject({ state: 'done' })
    expect(await readFile(join(root, 'models', 'tiny', 'tiny.safetensors'))).toEqual(content)
  })

  it.each([
    ['another content', 'a'.repeat(64), content],
    ['a longer file', undefined, Buffer.concat([content, Buffer.alloc(10)])],
  ])('refuse %s than the catalogue promises, and keep nothing of it', async (_, sha256, served) => {
    const { window, root } = await startService()
    const hub = await startHub(served)
    await writeFile(join(root, 'catalogue.json'), catalogue(hub.url, content, sha256))
    const end = finished(window)
    await window.call('catalogue.download', download)
    expect(await end).toMatchObject({ state: 'failed', failure: { code: 'file-malformed' } })
    expect(await readdir(join(root, 'models', 'tiny'))).not.toContain('tiny.safetensors')
  })

  it('ask nobody anything while the offline switch is on', async () => {
    const { window, root } = await startService()
    const hub = await startHub(content)
    await writeFile(join(root, 'catalogue.json'), catalogue(hub.url, content))
    await window.call('settings.set', { name: 'app.offline', value: true })
    await expect(window.call('catalogue.download', download)).rejects.toMatchObject({ code: 'refused' })
    expect(hub.requests).toEqual([])
  })

  it.each(['../escape.safetensors', '/etc/x', 'a/../../x', 'C:x'])(
    'refuse a catalogue that writes to %s',
    async (path) => {
      const { window, root } = await startService()
      await writeFile(join(root, 'catalogue.json'), catalogue('http://127.0.0.1:1/', content).replace('tiny.safetensors', path)) // prettier-ignore
      const { models, faults } = await window.call('catalogue.list', {})
      expect([models.length, faults.length]).toEqual([0, 1])
      await expect(window.call('catalogue.download', download)).rejects.toMatchObject({ code: 'not-found' })
    },
  )
})
