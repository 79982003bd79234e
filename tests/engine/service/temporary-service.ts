import { join } from 'node:path'
import { ContractClient } from '../../../engine/contract/contract-client.ts'
import type { EventName, EventPayload } from '../../../engine/contract/events.ts'
import { portPipe } from '../../../engine/contract/pipe.ts'
import { forkProcess } from '../../../engine/process/fork-process.ts'
import { openMediaLink } from '../../../engine/media/protocol/media-link.ts'
import { mediaCodec } from '../../../engine/service/media-codec.ts'
import { StudioService } from '../../../engine/service/studio-service.ts'
import type { ServiceOptions } from '../../../engine/service/studio-service.ts'
import { migrationsFolder } from '../library/temporary-library.ts'

export const analyticWorker = join(import.meta.dirname, 'analytic-worker.ts')

/** The real service on a real library, with the analytic worker in a process of its own. */
export const serviceOptions = (root: string, changes: Partial<ServiceOptions> = {}): ServiceOptions => ({
  root,
  migrationsFolder,
  appVersion: '0.1.0',
  bundledModelPath: import.meta.dirname,
  cataloguePath: join(root, 'catalogue.json'),
  forkWorker: () => forkProcess({ file: analyticWorker }),
  openCodec: (onState) => mediaCodec(openMediaLink({ onState })),
  describeModel: async () => ({ kind: 'checkpoint', family: 'sd1', sentence: 'A model.', isUsable: true }),
  isWatching: false,
  onDefect: (error, where) => {
    throw new Error(`a defect in ${where}`, { cause: error })
  },
  ...changes,
})

/** A window of a service in the same process, over a real MessagePort. */
export const openWindow = async (service: StudioService): Promise<ContractClient> => {
  const { port1, port2 } = new MessageChannel()
  service.attach(portPipe(port1))
  return ContractClient.connect(portPipe(port2))
}

export interface OpenService {
  readonly service: StudioService
  readonly window: ContractClient
}

export const openService = async (root: string, changes: Partial<ServiceOptions> = {}): Promise<OpenService> => {
  const service = await StudioService.open(serviceOptions(root, changes))
  return { service, window: await openWindow(service) }
}

/** The next event that passes. */
export const nextEvent = <Name extends EventName>(
  window: ContractClient,
  name: Name,
  passes: (payload: EventPayload<Name>) => boolean = () => true,
): Promise<EventPayload<Name>> =>
  new Promise((resolve) => {
    const stop = window.on(name, (payload) => {
      if (!passes(payload)) return
      stop()
      resolve(payload)
    })
  })

/** The job when it has ended. */
export const ended = (window: ContractClient, id: number): Promise<EventPayload<'job.changed'>> =>
  nextEvent(window, 'job.changed', (job) => job.id === id && ['done', 'failed', 'cancelled'].includes(job.state))
