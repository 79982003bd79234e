import { fileURLToPath } from 'node:url'
import packageFile from '../../package.json' with { type: 'json' }
import { defaultLibraryRoot, migrationsFolder } from '../library/default-library-root.ts'
import { openMediaLink, type MediaLinkOptions } from '../media/protocol/media-link.ts'
import { allocatorEnvironment } from '../process/allocator-environment.ts'
import { forkProcess } from '../process/fork-process.ts'
import type { ChildTransport } from '../process/messages.ts'
import { unpackedPath } from '../process/unpacked-path.ts'
import { mediaCodec } from './media-codec.ts'
import { describeModel } from './models/describe-model.ts'
import { StudioService } from './studio-service.ts'

/** How the service's processes are started. */
export interface StudioForks {
  readonly worker: () => ChildTransport
  /** Another worker unless given. */
  readonly prompts?: () => ChildTransport
  readonly media: NonNullable<MediaLinkOptions['fork']>
  /** Absent: another worker. */
  readonly devices?: () => ChildTransport
}

/** Every process a child of node's own. */
export const nodeForks: StudioForks = {
  worker: () =>
    forkProcess({
      file: new URL('../worker/worker-process.ts', import.meta.url),
      environment: allocatorEnvironment(),
    }),
  devices: () => forkProcess({ file: new URL('../worker/device-process.ts', import.meta.url) }),
  prompts: () => forkProcess({ file: new URL('../worker/prompt-process.ts', import.meta.url) }),
  media: (args) => forkProcess({ file: new URL('../media/media-process.ts', import.meta.url), args }),
}

// The runtime reads the bundled model's weights by itself, and knows no archive.
const inProject = (path: string): string => unpackedPath(fileURLToPath(new URL(`../../${path}`, import.meta.url)))

/**
 * Opens the service as it runs for users: the bundled model, the real worker and media processes, folders watched.
 *
 * @param forks default: node's child_process; the desktop shell forks its own
 * @throws EngineError as `StudioService.open`
 */
export const openStudio = (
  root: string = defaultLibraryRoot(),
  forks: StudioForks = nodeForks,
): Promise<StudioService> =>
  StudioService.open({
    root,
    migrationsFolder: migrationsFolder(),
    appVersion: packageFile.version,
    bundledModelPath: inProject('models/starter'),
    cataloguePath: fileURLToPath(new URL('../../models/catalogue.json', import.meta.url)),
    forkWorker: forks.worker,
    ...(forks.prompts !== undefined && { forkPrompts: forks.prompts }),
    ...(forks.devices !== undefined && { forkDevices: forks.devices }),
    openCodec: (onState) => mediaCodec(openMediaLink({ onState, fork: forks.media })),
    describeModel,
    onDefect: (error, where) => {
      console.error(`defect in ${where}:`, error)
    },
  })
