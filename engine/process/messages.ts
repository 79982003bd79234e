import type { FailureData } from './failure-data.ts'

/** From the parent. Ids count up from 1 within one life of the child. */
export type ToChild =
  | { readonly id: number; readonly call: string; readonly args: unknown }
  | { readonly id: number; readonly cancel: true }

/** From the child: `ready` once, then any number of `progress` and exactly one `result` or `failure` per id. */
export type FromChild =
  | { readonly ready: true }
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: FailureData }

/** The child's end of the pipe, whoever forked it: node's child_process or Electron's utilityProcess. */
export interface ParentPort {
  readonly postMessage: (message: FromChild) => void
  readonly onMessage: (listener: (message: ToChild) => void) => void
}

/** The parent's end: what it may do with a child process. Listeners are set once, right after the fork. */
export interface ChildTransport {
  /** Throws when the message holds something that cannot be cloned. */
  readonly postMessage: (message: ToChild) => void
  readonly onMessage: (listener: (message: unknown) => void) => void
  /** Called exactly once, also when the process could not be started at all. */
  readonly onExit: (listener: (exit: ProcessExit) => void) => void
  /** Ends the process at once, whatever it is doing; `onExit` follows. */
  readonly kill: () => void
  readonly pid: number | undefined
}

export interface ProcessExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last lines the process wrote before it ended, at most 4,000 characters. */
  readonly lastWords: string
  /** Why it could not even be started. */
  readonly error?: Error
}
