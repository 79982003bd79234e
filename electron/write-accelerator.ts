const modifiers: Readonly<Record<string, string>> = { mod: 'CmdOrCtrl', ctrl: 'Ctrl', alt: 'Alt', shift: 'Shift' }

const keys: Readonly<Record<string, string>> = {
  Enter: 'Enter',
  Escape: 'Esc',
  Space: 'Space',
  Tab: 'Tab',
  Delete: 'Delete',
  Backspace: 'Backspace',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  Backslash: '\\',
  BracketLeft: '[',
  BracketRight: ']',
  Comma: ',',
  Period: '.',
  Slash: '/',
  Equal: '=',
  Minus: '-',
  Semicolon: ';',
  Quote: "'",
}

/** A shortcut of the window (`mod+shift+KeyZ`) as native menus write it; `null` for keys that they cannot show. */
export function writeAccelerator(shortcut: string): string | null {
  const parts = shortcut.split('+')
  const code = parts.at(-1) ?? ''
  const key = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1] ?? /^F(?:[1-9]|1\d|2[0-4])$/.exec(code)?.[0] ?? keys[code]
  const pressed = parts.slice(0, -1).map((part) => modifiers[part])
  if (key === undefined || pressed.includes(undefined)) return null
  return [...pressed, key].join('+')
}
