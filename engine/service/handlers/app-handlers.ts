import { basename } from 'node:path'
import { stat, statfs } from 'node:fs/promises'
import type { ProcessState } from '../../contract/calls/app-calls.ts'
import { rollBackups } from '../../library/backup-database.ts'
import { countImages, sumPictureBytes } from '../../library/image-pages.ts'
import type { ModelDownloads } from '../models/model-downloads.ts'
import type { ModelShelf } from '../models/model-shelf.ts'
import { nothingRecovered } from '../pictures/recover-library.ts'
import type { Recovered } from '../pictures/recover-library.ts'
import type { AppHandlers, ServiceParts } from '../service-parts.ts'

export interface AppParts extends ServiceParts {
  readonly appVersion: string
  readonly processes: () => ProcessState[]
  /** Undefined while the look through the folders goes on. */
  readonly recovered: () => Recovered | undefined
  readonly shelf: ModelShelf
  readonly downloads: ModelDownloads
}

/** Handlers of the application itself, its settings and its models. */
export const appHandlers = (parts: AppParts): AppHandlers => ({
  ...describeHandlers(parts),
  ...modelHandlers(parts),
})

const describeHandlers = ({
  library,
  announce,
  now,
  appVersion,
  processes,
  recovered,
}: AppParts): Pick<AppHandlers, 'app.describe' | 'app.backup' | 'settings.get' | 'settings.set'> => ({
  'app.describe': async () => {
    const disk = await statfs(library.folders.root)
    const found = recovered()
    const { readopted, missing, temporaryRemoved } = found ?? nothingRecovered
    return {
      appVersion,
      libraryFolder: library.folders.root,
      disk: {
        totalBytes: disk.blocks * disk.bsize,
        freeBytes: disk.bavail * disk.bsize,
        pictureBytes: sumPictureBytes(library.database),
      },
      images: countImages(library.database, { isTrashed: false }),
      processes: processes(),
      start: { isComplete: found !== undefined, readopted, missing, temporaryRemoved, wasCrash: library.wasCrash },
    }
  },
  'app.backup': async () => {
    const keep = library.settings.all()['backup.keep']
    const path = await rollBackups(library.database, {
      folder: library.folders.backups,
      label: 'library',
      keep,
      nowMs: now(),
    })
    return { fileName: basename(path), sizeBytes: (await stat(path)).size }
  },
  'settings.get': () => library.settings.all(),
  'settings.set': ({ name, value }) => {
    const settings = library.settings.set(name, value)
    announce('settings.changed', settings)
    return settings
  },
})

const modelHandlers = ({
  library,
  announce,
  shelf,
  downloads,
}: AppParts): Omit<AppHandlers, 'app.describe' | 'app.backup' | 'settings.get' | 'settings.set'> => ({
  'models.list': () => library.models.list(),
  'models.folders': () => shelf.folders(),
  'models.addFolder': ({ path, layout }) => shelf.addFolder(path, layout),
  'models.removeFolder': ({ id }) => shelf.removeFolder(id),
  'models.choosePrediction': ({ id, prediction }) => {
    const row = library.models.choosePrediction(id, prediction)
    announce('models.changed', {})
    return row
  },
  'models.rescan': async () => {
    await shelf.rescan()
    return library.models.list()
  },
  'catalogue.list': () => downloads.catalogues(),
  'catalogue.download': ({ id }) => downloads.start(id),
  'catalogue.pause': ({ id }) => downloads.pause(id),
  'catalogue.downloads': () => downloads.list(),
})
