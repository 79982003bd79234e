import { toFailure } from '../../contract/failure-record.ts'
import { EngineError } from '../../contract/failures.ts'
import type { Job, PauseReason, QueueState } from '../../contract/job-records.ts'
import type { JobRequest } from '../../contract/records.ts'
import { asLibraryFailure } from '../../library/library-failure.ts'
import { judgeFailure } from './judge-failure.ts'
import type { Verdict } from './judge-failure.ts'
import { runJob } from './run-job.ts'
import type { RunParts } from './run-job.ts'

export interface QueueParts extends RunParts {
  /** A seed for a request that names none. */
  readonly drawSeed: () => string
}

type DiskReason = Extract<PauseReason, 'disk-full' | 'disk-failed'>

/** As many waiting jobs are told anew after one was moved: more than a window lists. */
const mostTold = 1000

interface Running {
  readonly jobId: number
  readonly controller: AbortController
  isCancelled: boolean
}

/**
 * Runs jobs one at a time, in the order of their rows. Every decision is a committed row before it is acted on, so a
 * crash at any moment finds the queue as it was. One failing job never stops the others.
 */
export class JobQueue {
  readonly #parts: QueueParts
  #running: Running | undefined
  #pump: Promise<void> | undefined
  #isStarted = false
  #isClosed = false
  /** Set when the disk would not even take down that the queue is paused. */
  #unwritten: { readonly jobId: number | undefined; readonly reason: DiskReason } | undefined

  constructor(parts: QueueParts) {
    this.#parts = parts
  }

  /** Pauses after a crash, or when the user wants to start it himself. Until `start` nothing runs. */
  open(): void {
    const { jobs, settings, wasCrash } = this.#parts.library
    if (jobs.countWaiting() + jobs.list(['running'], 1).length === 0) return
    if (wasCrash && jobs.pause() === null) jobs.setPause('crash')
    else if (!settings.all()['queue.startsAutomatically']) jobs.setPause('user')
  }

  /**
   * Takes up the queue as the last process left it, when it is known which pictures are safe. The job that ran then waits
   * again, unless it was started twice already without a picture to show for it.
   */
  start(): void {
    const { jobs } = this.#parts.library
    for (const job of jobs.list(['running'], 1000)) this.#tell(this.#settleInterrupted(job))
    if (jobs.pause() === 'crash' && jobs.countWaiting() === 0) jobs.setPause(null)
    this.#isStarted = true
    this.#wake()
  }

  add(request: JobRequest, { priority, isFirst }: { readonly priority: number; readonly isFirst: boolean }): Job {
    const { library, drawSeed, now } = this.#parts
    const seeded = { ...request, seed: request.seed ?? drawSeed() }
    const job = library.jobs.add(seeded, { priority, isFirst, nowMs: now() })
    this.#tell(job)
    this.#wake()
    return job
  }

  /** Between two steps; pictures that are finished stay. @throws EngineError 'conflict' when the job has ended */
  cancel(id: number): Job {
    const { library, now } = this.#parts
    const job = library.jobs.get(id)
    if (this.#running?.jobId === id) {
      this.#running.isCancelled = true
      this.#running.controller.abort(new EngineError('cancelled', { where: `job ${id}`, found: 'it was cancelled' }))
      return job
    }
    if (job.state !== 'waiting') {
      throw new EngineError('conflict', { where: 'queue', found: `job ${id} is ${job.state}`, expected: 'waiting' })
    }
    return this.#tell(library.jobs.end(id, 'cancelled', now(), null))
  }

  /** Cancels and ends the worker process at once. */
  kill(id: number): Job {
    const job = this.cancel(id)
    if (this.#running?.jobId === id) this.#parts.maker.kill(`job ${id} was stopped at once`)
    return job
  }

  move(id: number, beforeId: number | null): Job {
    const { jobs } = this.#parts.library
    const moved = jobs.move(id, beforeId)
    // The others were numbered anew around it.
    for (const job of jobs.list(['waiting'], mostTold)) if (job.id !== id) this.#tell(job)
    return this.#tell(moved)
  }

  setPriority(id: number, priority: number): Job {
    return this.#tell(this.#parts.library.jobs.setPriority(id, priority))
  }

  /** Queues a job that ended once more. @throws EngineError 'conflict' when it has not ended */
  retry(id: number, request: JobRequest | undefined): Job {
    const { library } = this.#parts
    const job = library.jobs.get(id)
    if (job.state === 'waiting' || job.state === 'running') {
      throw new EngineError('conflict', { where: 'queue', found: `job ${id} is ${job.state}`, expected: 'ended' })
    }
    const seeded = request === undefined ? job.request : { ...request, seed: request.seed ?? job.request.seed }
    library.jobs.resetAttempts(id)
    const again = this.#tell(library.jobs.putBack(id, { request: seeded }))
    this.#wake()
    return again
  }

  /** After the picture being made; the queue stays paused across restarts. */
  pause(reason: PauseReason = 'user'): QueueState {
    this.#parts.library.jobs.setPause(reason)
    return this.#tellState()
  }

  /** @throws EngineError when the disk still does not take that down; the queue stays paused then */
  resume(): QueueState {
    const { jobs } = this.#parts.library
    const held = this.#unwritten?.jobId
    if (held !== undefined && jobs.get(held).state === 'running') this.#tell(jobs.putBack(held, {}))
    jobs.setPause(null)
    const wasHeld = this.#unwritten !== undefined
    this.#unwritten = undefined
    // The disk refused before the queue was even taken up.
    if (wasHeld && !this.#isStarted) this.start()
    else this.#wake()
    return this.#tellState()
  }

  /** Pauses in memory because the disk refused something; `resume` tries again. @throws whatever is no failure of the disk */
  hold(error: unknown, jobId?: number): void {
    const known = asLibraryFailure(error)
    if (!(known instanceof EngineError)) throw error
    const reason = known.code === 'disk-full' ? 'disk-full' : 'disk-failed'
    this.#unwritten = { jobId: jobId ?? this.#unwritten?.jobId, reason }
    // How many wait is not known while the rows cannot be read.
    const state = { isPaused: true, reason, runningJobId: this.#running?.jobId ?? null, waiting: 0 } as const
    this.#parts.announce('queue.changed', state)
  }

  state(): QueueState {
    const { jobs } = this.#parts.library
    const reason = this.#pauseReason()
    return {
      isPaused: reason !== null,
      reason,
      runningJobId: this.#running?.jobId ?? null,
      waiting: jobs.countWaiting(),
    }
  }

  /** Resolves when nothing runs and nothing will until somebody acts. */
  async idle(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump
  }

  /** Stops what runs and leaves it waiting for the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#running?.controller.abort(new EngineError('cancelled', { where: 'queue', found: 'Attune is closing' }))
    await this.idle()
  }

  #wake(): void {
    if (this.#pump !== undefined || this.#isClosed || !this.#isStarted) return
    this.#pump = this.#runAll()
      .catch((error: unknown) => {
        this.hold(error)
      })
      .finally(() => {
        this.#pump = undefined
      })
  }

  async #runAll(): Promise<void> {
    const { library, now } = this.#parts
    while (!this.#isClosed && this.#pauseReason() === null) {
      const job = this.#written(undefined, () => library.jobs.takeNext(now()))
      if (job === undefined) break
      await this.#runOne(job)
    }
    this.#tellState()
  }

  async #runOne(job: Job): Promise<void> {
    const { library, now } = this.#parts
    const running: Running = { jobId: job.id, controller: new AbortController(), isCancelled: false }
    this.#running = running
    this.#tell(job)
    this.#tellState()
    try {
      const end = await runJob(this.#parts, job, {
        signal: running.controller.signal,
        shouldPause: () => this.#pauseReason() !== null,
      })
      this.#written(job.id, () => {
        if (end === 'done') library.jobs.end(job.id, 'done', now(), null)
        else library.jobs.putBack(job.id, {})
      })
    } catch (error) {
      this.#written(job.id, () => {
        this.#settle(library.jobs.get(job.id), asLibraryFailure(error), running)
      })
    } finally {
      this.#running = undefined
      this.#written(job.id, () => this.#tell(library.jobs.get(job.id)))
    }
  }

  #settle(job: Job, error: unknown, { isCancelled }: Running): void {
    const { library, now } = this.#parts
    const retriesLower = library.settings.all()['queue.retriesLower']
    const isClosing = this.#isClosed && !isCancelled
    if (isClosing) {
      library.jobs.putBack(job.id, {})
      return
    }
    const verdict = judgeFailure(error, job, { isCancelled, retriesLower })
    const failure = toFailure(error, `job ${job.id}`)
    this.#carryOut(verdict, job, () => {
      library.jobs.end(job.id, verdict.kind === 'cancelled' ? 'cancelled' : 'failed', now(), verdict.kind === 'cancelled' ? null : failure) // prettier-ignore
    })
  }

  #pauseReason(): PauseReason | null {
    return this.#unwritten === undefined ? this.#parts.library.jobs.pause() : this.#unwritten.reason
  }

  /** Writes a decision about a job; when the disk refuses, the queue pauses in memory and `resume` writes it later. */
  #written<Result>(jobId: number | undefined, write: () => Result): Result | undefined {
    try {
      return write()
    } catch (error) {
      this.hold(error, jobId)
      return undefined
    }
  }

  #carryOut(verdict: Verdict, job: Job, end: () => void): void {
    const { library } = this.#parts
    switch (verdict.kind) {
      case 'cancelled':
      case 'failed':
        end()
        break
      case 'again':
        library.jobs.putBack(job.id, { note: verdict.note })
        break
      case 'lower':
        library.jobs.putBack(job.id, { request: verdict.lower.request, note: verdict.lower.note })
        break
      case 'pause':
        library.jobs.putBack(job.id, {})
        this.pause(verdict.reason)
        break
    }
  }

  #settleInterrupted(job: Job): Job {
    const { library, now } = this.#parts
    const error = new EngineError('engine-stopped', { where: `job ${job.id}`, found: 'Attune stopped while it ran' })
    if (job.finished >= job.request.count) return library.jobs.end(job.id, 'done', now(), null)
    if (job.attempts >= 3) return library.jobs.end(job.id, 'failed', now(), toFailure(error, `job ${job.id}`))
    return library.jobs.putBack(job.id, { note: 'resumed-after-crash' })
  }

  #tell(job: Job): Job {
    this.#parts.announce('job.changed', job)
    return job
  }

  #tellState(): QueueState {
    const state = this.state()
    this.#parts.announce('queue.changed', state)
    return state
  }
}
