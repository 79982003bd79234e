import { EngineError } from '../../contract/failures.ts'
import type { Announce } from '../../contract/events.ts'
import type { Job } from '../../contract/job-records.ts'
import type { JobProgress, MadePicture } from '../../contract/records.ts'
import { keepPicture } from '../pictures/picture-keeper.ts'
import type { KeeperParts } from '../pictures/picture-keeper.ts'
import { asLibraryFailure } from '../../library/library-failure.ts'
import { engineStoppedNote } from './judge-failure.ts'
import type { PictureMaker } from './picture-maker.ts'
import { seedOfPicture } from './seed-of-picture.ts'
import { TimeLeft } from './time-left.ts'

export interface RunParts extends KeeperParts {
  readonly maker: PictureMaker
}

/** How a run of a job ended, when it did not throw. */
export type RunEnd = 'done' | 'paused'

/**
 * Makes the pictures of a job that are not in the library yet, one after the other; each is safe before the next begins.
 *
 * @param shouldPause  asked between two pictures
 * @throws EngineError 'out-of-memory' before anything is loaded when the worker foresees it; as the worker, the media process or the disk said
 */
export const runJob = async (
  parts: RunParts,
  job: Job,
  { signal, shouldPause }: { readonly signal: AbortSignal; readonly shouldPause: () => boolean },
): Promise<RunEnd> => {
  const { library, maker, announce, now } = parts
  const finished = library.jobs.finishedPictures(job.id)
  const missing = Array.from({ length: job.request.count }, (_, index) => index).filter((index) => !finished.has(index))
  const clock = new TimeLeft(missing.length, now)
  for (const [index, picture] of missing.entries()) {
    signal.throwIfAborted()
    if (index > 0 && shouldPause()) return 'paused'
    const onProgress = (progress: JobProgress): void => {
      tellProgress(announce, { jobId: job.id, picture, progress, leftMs: clock.after(progress.done, progress.total) })
    }
    const isOnCpu = job.notes.includes(engineStoppedNote)
    const run = { signal, onProgress, isOnCpu }
    const made = await maker.make(job.request, seedOfPicture(job.request.seed ?? '0', picture), run)
    await keepSafely(parts, made, { jobId: job.id, picture })
    clock.finishPicture()
    announce('job.changed', library.jobs.get(job.id))
  }
  return 'done'
}

const storingFailures: ReadonlySet<string> = new Set(['file-unwritable', 'file-unreadable', 'refused', 'not-found'])

/** What the library's disk refuses is marked, so that no job is blamed for it. */
const keepSafely = async (
  parts: RunParts,
  made: MadePicture,
  place: Parameters<typeof keepPicture>[2],
): Promise<void> => {
  try {
    await keepPicture(parts, made, place)
    parts.library.jobs.noteProgress(place.jobId)
  } catch (error) {
    const known = asLibraryFailure(error)
    if (!(known instanceof EngineError) || !storingFailures.has(known.code)) throw known
    throw new EngineError(known.code, { ...known.facts, isStoring: true }, { cause: known })
  }
}

interface Told {
  readonly jobId: number
  readonly picture: number
  readonly progress: JobProgress
  readonly leftMs: number | null
}

const tellProgress = (announce: Announce, { jobId, picture, progress, leftMs }: Told): void => {
  const { done, total, stage, preview } = progress
  announce('job.progress', { jobId, picture, done, total, stage, leftMs })
  if (preview === undefined) return
  const { width, height, rgb } = preview
  announce('job.preview', { jobId, picture, width, height, rgb: Buffer.from(rgb).toString('base64') })
}
