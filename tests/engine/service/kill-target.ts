import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { openMediaLink } from '../../../engine/media/protocol/media-link.ts'
import { mediaCodec } from '../../../engine/service/media-codec.ts'
import { StudioService } from '../../../engine/service/studio-service.ts'
import { analyticWorker, openWindow, serviceOptions } from './temporary-service.ts'

/**
 * A whole service in a process group that a test kills: generates and imports without end, and says on stdout what it
 * announced (`a <id> <hash>`) and when it enters and leaves the write of a picture (`(`, `)`) or of a batch (`[`, `]`).
 */
const { values } = parseArgs({ options: { library: { type: 'string', default: '' }, import: { type: 'string', default: '' }, worker: { type: 'string', default: analyticWorker }, model: { type: 'string', default: '' } } }) // prettier-ignore
const say = (line: string): void => void writeSync(1, `${line}\n`)

const started = performance.now()
const changes = values.model === '' ? {} : { bundledModelPath: values.model }
const service = await StudioService.open({
  ...serviceOptions(values.library, changes),
  forkWorker: () => forkProcess({ file: values.worker }),
  openCodec: (onState) => {
    const codec = mediaCodec(openMediaLink({ onState }))
    return {
      ...codec,
      encode: async (picture, texts) => {
        const bytes = await codec.encode(picture, texts)
        say('(')
        return bytes
      },
    }
  },
})
const window = await openWindow(service)
await service.recovered
const { start } = await window.call('app.describe', {})
say(`ready ${Math.round(performance.now() - started)} ${start.readopted} ${start.missing} ${start.temporaryRemoved}`)

const { images } = service.library
const addAll = images.addAll.bind(images)
// Only says when the import's transaction begins and ends; what it does stays as it is.
images.addAll = (batch) => {
  say('[')
  const added = addAll(batch)
  say(']')
  return added
}
window.on('job.changed', ({ state, failure }) => {
  if (state !== 'failed') return
  console.error(failure?.message)
  process.exit(1)
})
let isWorking = false
window.on('image.added', ({ id, jobId }) => {
  const { hash } = service.library.images.row(id)
  if (jobId !== null) say(')')
  say(`a ${id} ${hash}`)
  if (jobId === null || isWorking) return
  isWorking = true
  say('working')
  void importPictures()
})
const waiting = await window.call('jobs.list', { states: ['waiting', 'running'] })
if (waiting.length === 0) {
  await window.call('jobs.add', { request: { prompt: 'a kettle', seed: '1', steps: 2, width: 64, height: 64, count: 256 } }) // prettier-ignore
}
await window.call('queue.resume', {})

async function importPictures(): Promise<void> {
  await window.call('images.importFolder', { path: values.import })
  say('imported')
}
