import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { ChildTransport, ProcessExit } from './messages.ts'

export interface ForkOptions {
  /** The child's entry file. */
  readonly file: string | URL
  readonly args?: readonly string[]
  /** Replaces the whole environment; default: the parent's. */
  readonly environment?: Readonly<Record<string, string>>
  /** Flags for node itself, such as `--max-old-space-size=512`; the parent's own are never inherited. */
  readonly nodeFlags?: readonly string[]
  /** Receives whatever the child prints to stdout or stderr, as it comes. */
  readonly onOutput?: (text: string) => void
}

/**
 * Forks a node process with a pipe that clones values (structured clone: typed arrays, Maps, no JSON in between). The
 * child's output never reaches the parent's own stdout, so `--json` output stays clean.
 */
export const forkProcess = ({ file, args, environment, nodeFlags, onOutput }: ForkOptions): ChildTransport => {
  const child = fork(file, args, {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...(nodeFlags ?? [])],
    ...(environment === undefined ? {} : { env: environment }),
  })
  const lastWords = followOutput(child, onOutput)
  return {
    pid: child.pid,
    // A pipe that closed under us is reported by the exit that follows; cloning errors are thrown here.
    postMessage: (message) => void child.send(message, () => undefined),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      onceEnded(child, (exit) => {
        listener({ ...exit, lastWords: lastWords() })
      })
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** 'close' rather than 'exit', so that the last words have arrived; 'error' when there never was a process. */
const onceEnded = (child: ChildProcess, listener: (exit: Omit<ProcessExit, 'lastWords'>) => void): void => {
  let ended = false
  const end = (exit: Omit<ProcessExit, 'lastWords'>): void => {
    if (ended) return
    ended = true
    listener(exit)
  }
  child.on('close', (code, signal) => {
    end({ code, signal })
  })
  child.on('error', (error) => {
    if (child.pid === undefined) end({ code: null, signal: null, error })
  })
}

const maxLastWords = 4000

const followOutput = (child: ChildProcess, onOutput: ForkOptions['onOutput']): (() => string) => {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      tail = (tail + text).slice(-maxLastWords)
      onOutput?.(text)
    })
  }
  return () => tail.trim()
}
