/**
 * What the desktop shell and the service say to each other beside the contract. Ports travel with a message, never in it.
 * Types only: the shell starts the service's bundle by its path and imports nothing of it.
 */

/** The processes that only the shell can fork. */
export type ForkedName = 'worker' | 'media' | 'prompts'

/** How a picture is given: as it is, small, or without anything but the mark that a model made it. */
export type ShellPictureVariant = 'original' | 'thumbnail' | 'share'

/** Bytes of a picture of the library and what they are, such as `png`. */
export interface ShellPicture {
  readonly bytes: Uint8Array
  readonly format: string
}

/** How a forked process ended. */
export interface ForkedExit {
  readonly kind: 'exit'
  readonly process: number
  readonly code: number
  /** What it wrote last, at most 4,000 characters. */
  readonly lastWords: string
}

export type ShellToService =
  /** With the service's end of a window's port. */
  | { readonly kind: 'window' }
  /** With a port to the process that was asked for under this number. */
  | { readonly kind: 'child'; readonly process: number }
  | ForkedExit
  | {
      readonly kind: 'read-picture'
      readonly request: number
      readonly id: number
      readonly variant: ShellPictureVariant
    }
  | { readonly kind: 'locate-pictures'; readonly request: number; readonly ids: readonly number[] }
  /** Stop in good order: what runs goes on at the next start. */
  | { readonly kind: 'close' }

export type ServiceToShell =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'fork'
      readonly process: number
      readonly name: ForkedName
      readonly args: readonly string[]
    }
  | { readonly kind: 'kill'; readonly process: number }
  | { readonly kind: 'picture'; readonly request: number; readonly picture: ShellPicture | null }
  | { readonly kind: 'located'; readonly request: number; readonly paths: readonly string[] }

/** The shell's first word to a forked process, with its port to the service. */
export interface ShellToForked {
  readonly kind: 'parent'
}
