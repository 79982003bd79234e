import type { ServiceToShell, ShellToService } from '../contract/shell-messages.ts'
import { EngineError } from '../contract/failures.ts'
import { portPipe } from '../contract/pipe.ts'
import { locateImageFile } from '../library/image-files.ts'
import { ShellForks } from '../process/shell-forks.ts'
import type { ShellPort, UtilityPort } from '../process/utility-port.ts'
import { openStudio } from './open-studio.ts'
import { PictureFiles } from './pictures/picture-files.ts'
import type { StudioService } from './studio-service.ts'

/** What the service does for the shell itself, as far as a message asks for it. */
interface Opened {
  readonly service: StudioService
  readonly pictures: PictureFiles
}

/**
 * Serves one library to the windows of the desktop shell: contract over ports, processes and files through the shell.
 * Windows that come before the library is open wait for it.
 *
 * @param root the library's folder; the usual one when left out
 * @throws EngineError as `StudioService.open`
 */
export async function serveDesktop(shell: ShellPort, root?: string): Promise<void> {
  const say = (message: ServiceToShell): void => {
    shell.postMessage(message)
  }
  const forks = new ShellForks(say)
  const opening = openForShell(forks, root)
  shell.on('message', ({ data, ports: [port] }) => {
    const message = data as ShellToService // Only the shell holds the other end, and it is built with this file.
    if (message.kind === 'child') forks.joined(message.process, port)
    else if (message.kind === 'exit') forks.ended(message)
    else void opening.then((opened) => answer(opened, say, message, port)).catch(() => undefined) // told below
  })
  await opening
  say({ kind: 'ready' })
}

async function openForShell(forks: ShellForks, root: string | undefined): Promise<Opened> {
  const service = await openStudio(root, {
    worker: () => forks.fork('worker'),
    prompts: () => forks.fork('prompts'),
    media: (args) => forks.fork('media', args),
  })
  return { service, pictures: new PictureFiles(service.library, service.codec) }
}

async function answer(
  { service, pictures }: Opened,
  say: (message: ServiceToShell) => void,
  message: Exclude<ShellToService, { readonly kind: 'child' | 'exit' }>,
  port: UtilityPort | undefined,
): Promise<void> {
  switch (message.kind) {
    case 'window':
      if (port !== undefined) service.attach(portPipe(port))
      return
    case 'read-picture': {
      const picture = await orNull(() => pictures.read(message.id, message.variant))
      say({ kind: 'picture', request: message.request, picture })
      return
    }
    case 'locate-pictures':
      say({ kind: 'located', request: message.request, paths: await locate(service, message.ids) })
      return
    case 'close':
      await service.close()
      process.exit(0)
  }
}

/** Files that are there; the others are left out. */
async function locate({ library }: StudioService, ids: readonly number[]): Promise<readonly string[]> {
  const paths = await Promise.all(ids.map((id) => orNull(async () => locateImageFile(library, library.images.row(id)))))
  return paths.filter((path) => path !== null)
}

const orNull = async <Value>(ask: () => Promise<Value>): Promise<Value | null> => {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof EngineError) return null
    throw error
  }
}
