import { openMediaLink, type MediaLink } from '../media/protocol/media-link.ts'
import type { ProcessLink } from '../process/process-link.ts'
import type { WorkerCalls } from '../worker/protocol.ts'
import { workerLink } from './worker-link.ts'

/** The processes that a command needs, started at once so that they load side by side. */
export interface Engines {
  readonly worker: ProcessLink<WorkerCalls>
  readonly media: MediaLink
  readonly close: () => Promise<void>
}

/** Starts worker and media; `close` ends both. */
export const openEngines = (): Engines => {
  const worker = workerLink((text) => void process.stderr.write(text))
  const media = openMediaLink()
  media.start()
  return {
    worker,
    media,
    close: async () => {
      await Promise.all([worker.close(), media.close()])
    },
  }
}
