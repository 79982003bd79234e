import { SvelteMap } from 'svelte/reactivity'
import type { Job, JobProgressEvent, QueueState } from '../../engine/contract/job-records.ts'
import { fromBase64 } from '../connection/base64.ts'
import type { ServiceLink } from '../connection/service-link.ts'

export interface JobPreview {
  readonly jobId: number
  readonly picture: number
  readonly image: ImageBitmap
}

const idleQueue: QueueState = { isPaused: false, reason: null, runningJobId: null, waiting: 0 }

/** The queue as the service tells it. */
export class JobsState {
  readonly #link: ServiceLink
  readonly jobs = new SvelteMap<number, Job>()
  queue: QueueState = $state.raw(idleQueue)
  progress: JobProgressEvent | null = $state.raw(null)
  preview: JobPreview | null = $state.raw(null)
  readonly running = $derived(this.queue.runningJobId === null ? undefined : this.jobs.get(this.queue.runningJobId))
  readonly waiting = $derived(
    [...this.jobs.values()]
      .filter(({ state }) => state === 'waiting')
      .sort((a, b) => b.priority - a.priority || a.order - b.order),
  )
  readonly failed = $derived(
    [...this.jobs.values()].filter(({ state }) => state === 'failed').sort((a, b) => b.id - a.id),
  )

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('job.changed', (job) => {
      this.jobs.set(job.id, job)
      if (job.state !== 'running' && this.progress?.jobId === job.id) this.#forgetProgress()
    })
    link.on('job.progress', (progress) => {
      this.progress = progress
    })
    link.on('job.preview', (preview) => void this.#showPreview(preview))
    link.on('jobs.forgotten', ({ ids }) => {
      for (const id of ids) this.jobs.delete(id)
    })
    link.on('queue.changed', (queue) => {
      this.queue = queue
    })
  }

  /** Takes in the job that an answer tells of; what events have said of it meanwhile is newer. */
  learn(job: Job): void {
    if (!this.jobs.has(job.id)) this.jobs.set(job.id, job)
  }

  async load(): Promise<void> {
    const [jobs, queue] = await Promise.all([this.#link.ask('jobs.list', {}), this.#link.ask('queue.state', {})])
    this.jobs.clear()
    for (const job of jobs) this.jobs.set(job.id, job)
    this.queue = queue
    if (queue.runningJobId === null) this.#forgetProgress()
  }

  #forgetProgress(): void {
    this.progress = null
    this.preview = null
  }

  async #showPreview({
    jobId,
    picture,
    width,
    height,
    rgb,
  }: {
    jobId: number
    picture: number
    width: number
    height: number
    rgb: string
  }): Promise<void> {
    const bytes = fromBase64(rgb)
    const pixels = new ImageData(width, height)
    for (let i = 0; i < width * height; i++) {
      pixels.data.set(bytes.subarray(i * 3, i * 3 + 3), i * 4)
      pixels.data[i * 4 + 3] = 255
    }
    const image = await createImageBitmap(pixels)
    if (this.jobs.get(jobId)?.state === 'running') this.preview = { jobId, picture, image }
  }
}
