import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pictureTexts } from '../../../engine/image/metadata/picture-texts.ts'
import type { ServiceOptions } from '../../../engine/service/studio-service.ts'
import { StudioServer } from '../../../engine/service/http/http-server.ts'
import { makeTemporaryFolder, someRecipe } from '../library/temporary-library.ts'
import { get } from './raw-request.ts'
import { somePng } from './some-png.ts'
import { openService } from './temporary-service.ts'
import type { OpenService } from './temporary-service.ts'

/** Stands where nobody may read it. */
export const secret = 'nobody-may-read-this'
const own = { version: 1, recipe: someRecipe({ prompt: `a prompt: ${secret}` }) } as const

/** A served library with one picture, a session, and secrets around it. */
export interface World extends OpenService {
  readonly server: StudioServer
  readonly port: number
  readonly session: string
  readonly imageId: number
  readonly root: string
  readonly clean: () => Promise<void>
}

/** Opens a world in a folder of its own; `clean` closes and removes it. */
export const openWorld = async (changes: Partial<ServiceOptions> = {}): Promise<World> => {
  let removeFolder = async (): Promise<void> => undefined
  const folder = await makeTemporaryFolder((done) => (removeFolder = done))
  const [root, renderer] = [join(folder, 'library'), join(folder, 'window')]
  await mkdir(join(renderer, 'assets'), { recursive: true })
  await mkdir(`${renderer}-secret`)
  await writeFile(join(renderer, 'index.html'), '<!doctype html><script type="module" src="/assets/a.js"></script>')
  await writeFile(join(renderer, 'assets', 'a.js'), 'export {}')
  await writeFile(join(renderer, 'run.sh'), secret)
  await writeFile(join(`${renderer}-secret`, 'a.js'), secret)
  await writeFile(join(folder, 'secret.json'), secret)
  const open = await openService(root, changes)
  await open.window.call('settings.set', { name: 'app.language', value: secret.slice(0, 16) })
  const server = await StudioServer.listen({ service: open.service, rendererFolder: renderer })
  const texts = pictureTexts(own, 'full')
  const upload = { name: 'a.png', base64: Buffer.from(somePng(1, texts)).toString('base64') }
  const { id } = await open.window.call('images.upload', upload)
  const launched = await get(server.port, new URL(server.newLaunchUrl()).pathname + new URL(server.newLaunchUrl()).search) // prettier-ignore
  const session = /=([^;]+);/.exec(launched.headers.get('set-cookie') ?? '')?.[1] ?? ''
  const clean = async (): Promise<void> => {
    await server.close()
    await open.service.close()
    await removeFolder()
  }
  return { ...open, server, port: server.port, session, imageId: id, root, clean }
}
