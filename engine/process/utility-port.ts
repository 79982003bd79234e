/** An end of a channel of Electron's, as processes beside the window get it (MessagePortMain). */
export interface UtilityPort {
  readonly postMessage: (message: unknown) => void
  readonly on: (name: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) => unknown
  readonly start: () => void
  readonly close: () => void
}

/** The pipe to the shell of a process that Electron forked (process.parentPort). */
export interface ShellPort {
  readonly postMessage: (message: unknown) => void
  readonly on: (
    name: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly UtilityPort[] }) => void,
  ) => unknown
}

/** The pipe to the shell; `undefined` when this process was not forked by Electron's utilityProcess. */
export const findShellPort = (): ShellPort | undefined =>
  // Electron adds it to Node's process; Node's types do not know it.
  (process as { readonly parentPort?: ShellPort }).parentPort
