import { allocatorEnvironment } from '../process/allocator-environment.ts'
import { forkProcess } from '../process/fork-process.ts'
import { ProcessLink } from '../process/process-link.ts'
import { workerCalls, type WorkerCalls } from '../worker/protocol.ts'

/** The worker that the studio uses too, started for one command; `close` it when the command is done. */
export const workerLink = (onOutput: (text: string) => void): ProcessLink<WorkerCalls> => {
  const link = new ProcessLink({
    name: 'worker',
    calls: workerCalls,
    maxOpen: 1,
    fork: () =>
      forkProcess({
        file: new URL('../worker/worker-process.ts', import.meta.url),
        environment: allocatorEnvironment(),
        onOutput,
      }),
  })
  link.start()
  return link
}
