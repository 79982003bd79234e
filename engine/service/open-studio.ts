import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageFile from '../../package.json' with { type: 'json' }
import { openMediaLink } from '../media/protocol/media-link.ts'
import { forkProcess } from '../process/fork-process.ts'
import { mediaCodec } from './media-codec.ts'
import { describeModel } from './models/describe-model.ts'
import { StudioService } from './studio-service.ts'

const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The folder with the SQL that makes and changes libraries. */
export const migrationsFolder = (): string => inProject('migrations')

/** Where the library lies when nobody says otherwise: the system's folder for an application's data. */
export const defaultLibraryRoot = (environment: Readonly<Record<string, string | undefined>> = process.env): string => {
  if (environment['ATTUNE_LIBRARY'] !== undefined) return environment['ATTUNE_LIBRARY']
  if (process.platform === 'win32') return join(environment['APPDATA'] ?? homedir(), 'Attune')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Attune')
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'attune')
}

/**
 * Opens the service as it runs for users: the bundled model, the real worker and media processes, folders watched.
 *
 * @throws EngineError as `StudioService.open`
 */
export const openStudio = (root: string = defaultLibraryRoot()): Promise<StudioService> =>
  StudioService.open({
    root,
    migrationsFolder: migrationsFolder(),
    appVersion: packageFile.version,
    bundledModelPath: inProject('models/starter'),
    cataloguePath: inProject('models/catalogue.json'),
    forkWorker: () => forkProcess({ file: new URL('../worker/worker-process.ts', import.meta.url) }),
    openCodec: (onState) => mediaCodec(openMediaLink({ onState })),
    describeModel,
    onDefect: (error, where) => {
      console.error(`defect in ${where}:`, error)
    },
  })
