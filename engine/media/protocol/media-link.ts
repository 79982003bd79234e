import { EngineError } from '../../contract/failures.ts'
import type { CallArgs, CallName, CallResult } from '../../process/call-table.ts'
import { forkProcess } from '../../process/fork-process.ts'
import type { ChildTransport } from '../../process/messages.ts'
import { ProcessLink } from '../../process/process-link.ts'
import type { LinkState } from '../../process/process-link.ts'
import { mediaCalls } from './media-calls.ts'
import type { MediaCalls } from './media-calls.ts'
import { memoryMark } from './memory-mark.ts'

/** What one picture may cost. */
export interface MediaLimits {
  /** Default 10 s; then the process is killed. */
  readonly timeoutMs?: number
  /** Resident memory of the process, in MiB; default 1024. */
  readonly memoryMb?: number
  /** Pictures that may wait; default 256. */
  readonly maxWaiting?: number
}

export interface MediaLinkOptions extends MediaLimits {
  /** How the process is started; default: node's child_process with this room's entry. */
  readonly fork?: (args: readonly string[]) => ChildTransport
  readonly onState?: (state: LinkState) => void
}

/** The media process as its parent sees it. */
export interface MediaLink {
  /**
   * Asks the media process, one picture after the other in the order of asking.
   *
   * @throws EngineError  of the codec ('format-unsupported', 'file-malformed', 'file-unsafe', ...); 'out-of-memory' or
   *                      'engine-stopped' when the picture cost the process its life (the next one gets a new process);
   *                      'cancelled'; 'refused' when too many wait
   */
  readonly call: <Name extends CallName<MediaCalls>>(
    name: Name,
    args: CallArgs<MediaCalls, Name>,
    signal?: AbortSignal,
  ) => Promise<CallResult<MediaCalls, Name>>
  /** Starts the process ahead of the first call. */
  readonly start: () => void
  readonly close: () => Promise<void>
  readonly pid: () => number | undefined
}

/** Opens the link; the process itself starts with `start` or the first call. */
export const openMediaLink = (options: MediaLinkOptions = {}): MediaLink => {
  const { timeoutMs = 10_000, memoryMb = 1024, maxWaiting = 256, onState } = options
  const file = new URL('../media-process.ts', import.meta.url)
  const fork = options.fork ?? ((args) => forkProcess({ file, args }))
  const link = new ProcessLink({
    name: 'media',
    calls: mediaCalls,
    fork: () => fork([`--memory-mb=${memoryMb}`]),
    maxOpen: 1,
    maxWaiting,
    ...(onState === undefined ? {} : { onState }),
  })
  return {
    call: (name, args, signal) =>
      link.call(name, args, { timeoutMs, ...(signal === undefined ? {} : { signal }) }).catch((error: unknown) => {
        throw overMemory(error, memoryMb) ?? error
      }),
    start: () => {
      link.start()
    },
    close: () => link.close(),
    pid: () => link.pid,
  }
}

const overMemory = (error: unknown, limitMb: number): EngineError | undefined => {
  if (!(error instanceof EngineError) || !String(error.facts['lastWords']).endsWith(memoryMark)) return undefined
  return new EngineError(
    'out-of-memory',
    {
      where: 'media process',
      found: 'a picture that needs too much memory',
      expected: `at most ${limitMb} MiB`,
      remedy: 'Make the picture smaller in another program.',
      limitMb,
    },
    { cause: error },
  )
}
