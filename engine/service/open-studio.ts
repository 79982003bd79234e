import { fileURLToPath } from 'node:url'
import packageFile from '../../package.json' with { type: 'json' }
import { defaultLibraryRoot, migrationsFolder } from '../library/default-library-root.ts'
import { openMediaLink } from '../media/protocol/media-link.ts'
import { forkProcess } from '../process/fork-process.ts'
import { mediaCodec } from './media-codec.ts'
import { describeModel } from './models/describe-model.ts'
import { StudioService } from './studio-service.ts'

const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

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
