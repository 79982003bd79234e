import type { Command, CommandPlace } from './command.ts'

export interface KeyPress {
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** A key press as it is written in shortcuts: modifiers in a fixed order, then the position of the key. */
export function writeShortcut(press: KeyPress, isMac: boolean): string {
  const isMod = isMac ? press.metaKey : press.ctrlKey
  const isControl = isMac && press.ctrlKey
  const parts = [isMod && 'mod', isControl && 'ctrl', press.altKey && 'alt', press.shiftKey && 'shift', press.code]
  return parts.filter((part) => part !== false).join('+')
}

/** The same in a normal form, whatever order somebody wrote it in. */
export function normaliseShortcut(shortcut: string): string {
  const parts = shortcut.split('+')
  const code = parts.at(-1) ?? ''
  const order = ['mod', 'ctrl', 'alt', 'shift'].filter((modifier) => parts.slice(0, -1).includes(modifier))
  return [...order, code].join('+')
}

export type ShortcutTable = Readonly<Record<string, readonly string[]>>

/** The shortcuts of a command: the user's where there are any, even none at all, else its own. */
export const shortcutsOf = (command: Command, remapped: ShortcutTable): readonly string[] =>
  remapped[command.id] ?? command.shortcuts

/** The command of a key press at a place. Commands of the place come before those that count everywhere. */
export function matchShortcut(
  commands: readonly Command[],
  remapped: ShortcutTable,
  pressed: string,
  place: CommandPlace | null,
  isTyping: boolean,
): Command | undefined {
  const fits = commands.filter(
    (command) =>
      (command.place === undefined || command.place === place) &&
      (!isTyping || command.worksWhileTyping === true) &&
      shortcutsOf(command, remapped).some((shortcut) => normaliseShortcut(shortcut) === pressed),
  )
  return fits.find((command) => command.place === place) ?? fits[0]
}

/** Commands that would share a key at the same place. */
export const findConflicts = (
  commands: readonly Command[],
  remapped: ShortcutTable,
  command: Command,
  shortcut: string,
): readonly Command[] =>
  commands.filter(
    (other) =>
      other !== command &&
      (other.place === undefined || command.place === undefined || other.place === command.place) &&
      shortcutsOf(other, remapped).some((theirs) => normaliseShortcut(theirs) === normaliseShortcut(shortcut)),
  )

const names: Readonly<Record<string, string>> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Backslash: '\\',
  BracketLeft: '[',
  BracketRight: ']',
  Comma: ',',
  Period: '.',
  Slash: '/',
  Equal: '+',
  Minus: '−',
  Delete: 'Del',
}

/** A shortcut as people read it: `Ctrl Shift Z`. */
export function showShortcut(shortcut: string, isMac: boolean): readonly string[] {
  const shown: Readonly<Record<string, string>> = isMac
    ? { mod: '⌘', ctrl: '⌃', alt: '⌥', shift: '⇧' }
    : { mod: 'Ctrl', ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift' }
  return normaliseShortcut(shortcut)
    .split('+')
    .map((part) => shown[part] ?? names[part] ?? part.replace(/^Key|^Digit/, ''))
}
