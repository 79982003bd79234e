import type { Failure } from '../contract/failure-record.ts'
import { EngineError } from '../contract/failures.ts'
import type { Job, JobState, PauseReason } from '../contract/job-records.ts'
import { jobSchema } from '../contract/job-records.ts'
import type { JobRequest } from '../contract/records.ts'
import type { LibraryDatabase } from './open-database.ts'

interface JobRow {
  readonly id: number
  readonly state: JobState
  readonly request: string
  readonly priority: number
  readonly queue_order: number
  readonly attempts: number
  readonly created_ms: number
  readonly started_ms: number | null
  readonly ended_ms: number | null
  readonly failure: string | null
  readonly notes: string
  readonly finished: number
}

const selectJob = `SELECT job.*, (SELECT count(*) FROM image WHERE job_id = job.id) AS finished FROM job`

/** The queue as rows: whatever is decided about a job is on disk before anybody acts on it. */
export class JobStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  /** @param isFirst  in front of every waiting job of its priority */
  add(request: JobRequest, { priority, isFirst, nowMs }: { priority: number; isFirst: boolean; nowMs: number }): Job {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO job (state, request, priority, queue_order, created_ms)
         VALUES ('waiting', @request, @priority,
                 (SELECT ${isFirst ? 'coalesce(min(queue_order), 0) - 1' : 'coalesce(max(queue_order), 0) + 1'} FROM job),
                 @nowMs)`,
      )
      .run({ request: JSON.stringify(request), priority, nowMs })
    return this.get(Number(lastInsertRowid))
  }

  /** @throws EngineError 'not-found' */
  get(id: number): Job {
    const row = this.#database.prepare<[number], JobRow>(`${selectJob} WHERE job.id = ?`).get(id)
    if (row === undefined) throw new EngineError('not-found', { where: 'queue', found: `no job ${id}` })
    return toJob(row)
  }

  /** Running and waiting jobs in the order in which they run, then those that ended, newest first. */
  list(states: readonly JobState[] | undefined, limit: number): Job[] {
    const rows = this.#database
      .prepare<[string, number], JobRow>(
        `${selectJob} WHERE state IN (SELECT value FROM json_each(?))
         ORDER BY state = 'running' DESC, state = 'waiting' DESC,
                  CASE WHEN state = 'waiting' THEN -priority END, CASE WHEN state = 'waiting' THEN queue_order END,
                  job.id DESC
         LIMIT ?`,
      )
      .all(JSON.stringify(states ?? ['running', 'waiting', 'done', 'failed', 'cancelled']), limit)
    return rows.map(toJob)
  }

  countWaiting(): number {
    const row = this.#database
      .prepare<[], { count: number }>("SELECT count(*) AS count FROM job WHERE state = 'waiting'")
      .get()
    return row?.count ?? 0
  }

  /** Takes the next job to run and marks it running, in one step. */
  takeNext(nowMs: number): Job | undefined {
    const row = this.#database
      .prepare<[number], { id: number }>(
        `UPDATE job SET state = 'running', attempts = attempts + 1, started_ms = ?, ended_ms = NULL, failure = NULL
         WHERE id = (SELECT id FROM job WHERE state = 'waiting' ORDER BY priority DESC, queue_order, id LIMIT 1)
         RETURNING id`,
      )
      .get(nowMs)
    return row === undefined ? undefined : this.get(row.id)
  }

  /** The pictures of a job that are in the library, by their number within the job. */
  finishedPictures(id: number): Set<number> {
    const rows = this.#database
      .prepare<[number], { picture: number }>('SELECT picture FROM image WHERE job_id = ? AND picture IS NOT NULL')
      .all(id)
    return new Set(rows.map(({ picture }) => picture))
  }

  /** Ends a job. */
  end(id: number, state: 'done' | 'failed' | 'cancelled', nowMs: number, failure: Failure | null): Job {
    this.#database
      .prepare('UPDATE job SET state = ?, ended_ms = ?, failure = ? WHERE id = ?')
      .run(state, nowMs, failure === null ? null : JSON.stringify(failure), id)
    return this.get(id)
  }

  /** Puts a job back among the waiting, at its old place; `note` says what will be different. */
  putBack(id: number, change: { readonly request?: JobRequest; readonly note?: string }): Job {
    const job = this.get(id)
    this.#database
      .prepare(
        "UPDATE job SET state = 'waiting', started_ms = NULL, ended_ms = NULL, failure = NULL, request = ?, notes = ? WHERE id = ?",
      )
      .run(
        JSON.stringify(change.request ?? job.request),
        JSON.stringify(change.note === undefined ? job.notes : [...new Set([...job.notes, change.note])]),
        id,
      )
    return this.get(id)
  }

  /** A picture came out: whatever happens next, the job is not stuck. */
  noteProgress(id: number): void {
    this.#database.prepare('UPDATE job SET attempts = 1 WHERE id = ? AND attempts > 1').run(id)
  }

  /** Counts its attempts from the start again: somebody asked for it. */
  resetAttempts(id: number): void {
    this.#database.prepare('UPDATE job SET attempts = 0 WHERE id = ?').run(id)
  }

  /** Puts a waiting job right before another one, or behind all when `beforeId` is null; takes over its priority. */
  move(id: number, beforeId: number | null): Job {
    const moveJob = this.#database.transaction(() => {
      this.#assertWaiting(id)
      if (beforeId === null) {
        this.#database
          .prepare('UPDATE job SET queue_order = (SELECT max(queue_order) + 1 FROM job) WHERE id = ?')
          .run(id)
        return
      }
      if (beforeId === id) return
      this.#assertWaiting(beforeId)
      this.#insertBefore(id, beforeId)
    })
    moveJob.immediate()
    return this.get(id)
  }

  setPriority(id: number, priority: number): Job {
    this.#assertWaiting(id)
    this.#database.prepare('UPDATE job SET priority = ? WHERE id = ?').run(priority, id)
    return this.get(id)
  }

  /** Forgets jobs that ended; their pictures stay. Gives their ids. */
  forgetEnded(wanted?: readonly number[]): number[] {
    return this.#database
      .prepare<[{ wanted: string | null }], { id: number }>(
        `DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled')
         AND (@wanted IS NULL OR id IN (SELECT value FROM json_each(@wanted))) RETURNING id`,
      )
      .all({ wanted: wanted === undefined ? null : JSON.stringify(wanted) })
      .map(({ id }) => id)
  }

  pause(): PauseReason | null {
    const row = this.#database
      .prepare<[], { is_paused: number; pause_reason: PauseReason | null }>(
        'SELECT is_paused, pause_reason FROM library',
      )
      .get()
    return row?.is_paused === 1 ? (row.pause_reason ?? 'user') : null
  }

  setPause(reason: PauseReason | null): void {
    this.#database.prepare('UPDATE library SET is_paused = ?, pause_reason = ?').run(reason === null ? 0 : 1, reason)
  }

  /** Numbers the waiting jobs anew with a gap, so that no amount of moving runs out of numbers between two. */
  #insertBefore(id: number, beforeId: number): void {
    const waiting = this.#database
      .prepare<[], { id: number; priority: number }>(
        "SELECT id, priority FROM job WHERE state = 'waiting' ORDER BY priority DESC, queue_order, id",
      )
      .all()
    const others = waiting.filter((job) => job.id !== id)
    const place = others.findIndex((job) => job.id === beforeId)
    const order = [...others.slice(0, place).map((job) => job.id), id, ...others.slice(place).map((job) => job.id)]
    const renumber = this.#database.prepare('UPDATE job SET queue_order = ? WHERE id = ?')
    for (const [index, jobId] of order.entries()) renumber.run(index + 1, jobId)
    this.#database.prepare('UPDATE job SET priority = ? WHERE id = ?').run(others[place]?.priority ?? 0, id)
  }

  #assertWaiting(id: number): void {
    const job = this.get(id)
    if (job.state === 'waiting') return
    throw new EngineError('conflict', {
      where: 'queue',
      found: `job ${id} is ${job.state}`,
      expected: 'a waiting job',
    })
  }
}

const fromJson = (text: string): unknown => JSON.parse(text)

const toJob = (row: JobRow): Job =>
  jobSchema.parse({
    id: row.id,
    state: row.state,
    request: fromJson(row.request),
    priority: row.priority,
    order: row.queue_order,
    finished: row.finished,
    attempts: row.attempts,
    createdMs: row.created_ms,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    failure: row.failure === null ? null : fromJson(row.failure),
    notes: fromJson(row.notes),
  })
