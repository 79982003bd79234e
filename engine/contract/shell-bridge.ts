/** One entry of the native menu: a command of the window under the name and keys it has everywhere. */
export interface ShellMenuEntry {
  /** What comes back when it is chosen: a command's id, or `document:<id>`. */
  readonly id: string
  readonly label: string
  /** As `writeShortcut` writes it, such as `mod+shift+KeyZ`; shown only, the window listens to its keys itself. */
  readonly keys: string | null
  readonly isEnabled: boolean
  readonly isChecked?: boolean
}

/** A menu of the native menu bar. */
export interface ShellMenu {
  readonly id: string
  readonly label: string
  readonly entries: readonly ShellMenuEntry[]
}

/**
 * What the shell says itself: entries that the system's menus have everywhere, and sentences for when a process ends
 * again and again.
 */
export type ShellWord =
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'quit'
  | 'about'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'window'
  | 'minimize'
  | 'zoom'
  | 'front'
  | 'serviceEnds'
  | 'pageEnds'

/** The shell's words in the window's language; until the window has said any, the shell's are English. */
export type ShellWords = Readonly<Partial<Record<ShellWord, string>>>

/** A file that the system asked Attune to open: dropped on its icon, or opened with it. */
export interface ShellFile {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What the desktop shell hands to its window (`window.attune`); absent in a browser. */
export interface ShellBridge {
  readonly platform: 'darwin' | 'win32' | 'linux'
  /** Asks for a port to the service; it arrives as a message of the window. */
  readonly requestPort: () => void
  readonly chooseFolder: () => Promise<string | null>
  readonly revealPicture: (id: number) => Promise<void>
  /** Begins a drag of pictures out of the window; to be called while a drag begins. */
  readonly startDrag: (ids: readonly number[]) => void
  readonly setDocument: (name: string, isEdited: boolean) => void
  readonly setTheme: (theme: 'dark' | 'light') => void
  readonly setMenu: (menus: readonly ShellMenu[], words: ShellWords) => void
  /** Opens the native menu at a place of the window, where no menu bar is shown; CSS pixels. */
  readonly openMenu: (x: number, y: number) => void
  readonly onCommand: (listener: (id: string) => void) => void
  readonly onFile: (listener: (file: ShellFile) => void) => void
}
