import type { JobProgress, JobRequest, MadePicture } from '../../contract/records.ts'
import type { MemoryEstimate } from '../../contract/job-records.ts'

/** What the queue asks of the worker process. */
export interface PictureMaker {
  /**
   * Makes one picture.
   *
   * @throws EngineError 'cancelled' after `signal`, 'engine-stopped' when the process died over it, 'out-of-memory', or
   *                     whatever the method failed with
   */
  readonly make: (
    request: JobRequest,
    seed: string,
    run: {
      readonly signal: AbortSignal
      readonly onProgress: (progress: JobProgress) => void
      /** Whether the process died over this job already: a driver may be to blame, so it then runs on the CPU. */
      readonly isOnCpu: boolean
    },
  ) => Promise<MadePicture>
  /** What a picture would take and what there is; waits for the picture being made. @throws EngineError as `make` */
  readonly estimate: (request: JobRequest) => Promise<MemoryEstimate>
  /** Ends the process at once; the picture being made fails with 'engine-stopped' and the next call starts a new one. */
  readonly kill: (reason: string) => void
}
