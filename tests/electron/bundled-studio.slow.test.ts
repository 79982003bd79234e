import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { packageDesktop } from '../../build/desktop/package-desktop.ts'
import { channels } from '../../electron/channels.ts'
import { followOutput } from '../../electron/follow-output.ts'
import { nextEvent } from '../engine/service/temporary-service.ts'
import { type BundledStudio, openBundledStudio, runBundle } from './bundled-studio.ts'
import { ElectronStandIn } from './electron-stand-in.ts'
import { fromPage } from './stand-in-parts.ts'
import { StandInUtilityProcess } from './utility-process-stand-in.ts'

const request = { prompt: 'a red heart', seed: '7', steps: 4 }

describe('the bundled desktop program', () => {
  let dist = ''
  let library = ''
  let studio: BundledStudio

  beforeAll(async () => {
    // A folder of its own: another test packs dist/.
    dist = await packageDesktop('out')
    library = await mkdtemp(join(tmpdir(), 'attune-bundled-'))
    studio = await openBundledStudio(dist, library)
  }, 120_000)
  afterAll(async () => {
    for (const child of studio.processes) child.kill()
    await rm(library, { recursive: true, force: true })
  })

  it('draws a picture with the bundled model in its own processes and serves it by id', async () => {
    const page = await studio.connect()
    const added = nextEvent(page, 'image.added')
    await page.call('jobs.add', { request })
    const { id, width, height } = await added
    expect([width, height]).toEqual([128, 128])
    const original = await studio.load(`studio://app/image/${id}`)
    expect([original.status, original.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(original.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    const bytes = new Uint8Array(await original.arrayBuffer())
    expect([...bytes.slice(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
    const small = await studio.load(`studio://app/image/${id}/thumbnail`)
    expect([small.status, small.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect((await studio.load(`studio://app/image/${id + 1}`)).status).toBe(404)
    expect(await page.call('prompts.read', { prompt: 'a red heart', negative: '' })).toMatchObject({
      prompt: { chunks: 1, unknown: [] },
    })
    // Devices are checked by a second worker, 5 s after the picture.
    expect([...new Set(studio.processes.map(({ file }) => basename(file)))].toSorted()).toEqual([
      'media.cjs',
      'prompts.cjs',
      'service.cjs',
      'worker.cjs',
    ])
    await studio.standIn.emit(studio.ipcMain, channels.revealPicture, fromPage(), id)
    const [[path] = []] = studio.standIn.of('Shell', 'showItemInFolder')
    expect(existsSync(String(path))).toBe(true)
    page.close()
  })

  it('serves its page with a policy that lets nothing else in', async () => {
    const page = await studio.load('studio://app/index.html')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    const html = await page.text()
    const [, script = ''] = /src="\.\/(assets\/[^"]+\.js)"/.exec(html) ?? []
    expect((await studio.load(`studio://app/${script}`)).headers.get('content-type')).toContain('text/javascript')
    expect(html).not.toMatch(/<script(?![^>]*src=)|style="|https?:/)
  })

  it('goes on after its worker and then its service were killed', async () => {
    const page = await studio.connect()
    const done = nextEvent(page, 'job.changed', ({ state }) => state === 'done')
    const stop = page.on('job.progress', () => {
      stop()
      studio.processes.find(({ file }) => file.endsWith('worker.cjs'))?.kill()
    })
    await page.call('jobs.add', { request: { ...request, steps: 150 } })
    expect((await done).notes).toEqual(['resumed-after-engine-stopped'])
    const closed = new Promise<void>((resolve) => {
      page.onClose(resolve)
    })
    studio.processes.find(({ file }) => file.endsWith('service.cjs'))?.kill()
    await closed
    const again = await vi.waitFor(() => studio.connect(), { timeout: 60_000 })
    expect((await again.call('images.list', { query: {}, limit: 10 })).images).toHaveLength(2)
    again.close()
  })

  it('ends with its service closed in good order', async () => {
    await studio.quit()
    const reopened = await openBundledStudio(dist, library)
    const page = await reopened.connect()
    expect((await page.call('app.describe', {})).start).toMatchObject({ readopted: 0 })
    await reopened.quit()
  })

  it('loads no native code that is not what it was made with', async () => {
    const root = await mkdtemp(join(tmpdir(), 'attune-tampered-'))
    await cp(join(dist, 'engine'), join(root, 'dist', 'engine'), { recursive: true })
    await symlink(join(dist, '..', 'node_modules'), join(root, 'node_modules'))
    const manifest = JSON.parse(await readFile(join(dist, 'native-files.json'), 'utf8')) as Record<string, string>
    const other = Object.fromEntries(Object.keys(manifest).map((path) => [path, '0'.repeat(64)]))
    await writeFile(join(root, 'dist', 'native-files.json'), JSON.stringify(other))
    const ends = ['service', 'worker', 'media'].map(async (name) => {
      const child = new StandInUtilityProcess(join(root, 'dist', 'engine', `${name}.cjs`), [])
      const lastWords = followOutput(child as unknown as Parameters<typeof followOutput>[0])
      const [code] = (await once(child, 'exit')) as [number]
      return [code, lastWords().includes('other bytes than Attune brought')]
    })
    expect(await Promise.all(ends)).toEqual([
      [1, true],
      [1, true],
      [1, true],
    ])
    await rm(root, { recursive: true })
  })

  it('has a preload of one file that needs nothing but Electron', () => {
    const file = join(dist, 'shell', 'preload.cjs')
    const standIn = new ElectronStandIn()
    const exposed: [string, Record<string, unknown>][] = []
    runBundle(file, {
      contextBridge: standIn.make('ContextBridge', {
        exposeInMainWorld: (name: string, bridge: Record<string, unknown>) => exposed.push([name, bridge]),
      }),
      ipcRenderer: standIn.make('IpcRenderer'),
    })
    expect(readFileSync(file, 'utf8').match(/require\("[^"]*"\)/g)).toEqual(['require("electron")'])
    expect(exposed.map(([name]) => name)).toEqual(['attune'])
    const kinds = new Set(Object.values(exposed[0]?.[1] ?? {}).map((value) => typeof value))
    expect([...kinds].toSorted()).toEqual(['function', 'string'])
  })
})
