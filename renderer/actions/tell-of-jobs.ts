import type { Job } from '../../engine/contract/job-records.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** Jobs shorter than this end without a notice of the system. */
const longMs = 30_000
const restartedNote = 'resumed-after-engine-stopped'

/** Says what the queue cannot show by itself: failures, an engine that had to be started again, long jobs that ended. */
export function tellOfJobs(studio: StudioState): void {
  const told = new Set<number>()
  studio.link.on('job.changed', (job) => {
    const { id, state, failure, notes } = job
    if (state === 'waiting') studio.results.again(id, job.request.count - job.finished)
    if (state === 'done' || state === 'failed' || state === 'cancelled') studio.results.ended(id)
    if (state === 'failed' && failure !== null) tellOfFailure(studio)
    if (state === 'done') tellOutside(studio, job)
    if (!notes.includes(restartedNote) || told.has(id)) return
    told.add(id)
    const { finished, request } = job
    if (state === 'waiting' || state === 'running')
      studio.notices.show(
        'notice.engineBack',
        { number: Math.min(finished + 1, request.count), all: request.count },
        { tone: 'warn' },
      )
  })
}

function tellOfFailure({ notices, view }: StudioState): void {
  const show = (): void => {
    view.isQueueOpen = true
  }
  notices.show('notice.jobFailed', {}, { tone: 'warn', action: { label: 'queue.show', run: show } })
}

/** A notice of the system, for those who asked for it and look elsewhere. */
function tellOutside({ settings, document: open, say }: StudioState, { startedMs, endedMs, request }: Job): void {
  if (!settings.all['app.notifiesWhenDone'] || (endedMs ?? 0) - (startedMs ?? 0) < longMs) return
  if (document.hasFocus() || !('Notification' in window) || Notification.permission !== 'granted') return
  new Notification(say('notice.done'), { body: request.prompt === '' ? open.name : request.prompt.slice(0, 120) })
}

/** Turns notices of the system on or off; asks the system the first time. */
export async function setNotifying({ settings, notices }: StudioState, isOn: boolean): Promise<void> {
  const isAllowed = !isOn || ('Notification' in window && (await Notification.requestPermission()) === 'granted')
  await settings.set('app.notifiesWhenDone', isOn && isAllowed)
  if (!isAllowed) notices.show('notice.notificationsOff', {}, { tone: 'warn' })
}
