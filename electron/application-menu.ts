import type { MenuItemConstructorOptions } from 'electron'
import type { ShellMenu, ShellMenuEntry, ShellWord } from '../engine/contract/shell-bridge.ts'
import { writeAccelerator } from './write-accelerator.ts'

type Words = Readonly<Record<ShellWord, string>>
type Role = Extract<MenuItemConstructorOptions['role'], ShellWord>

export interface MenuContents {
  /** What the window said last; nothing before it has. */
  readonly menus: readonly ShellMenu[]
  readonly words: Words
  readonly isMac: boolean
  /** Called with the id of the entry that was chosen. */
  readonly run: (id: string) => void
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The native menu: the window's commands under the names, keys and language they have there. */
export function menuTemplate({ menus, words, isMac, run }: MenuContents): MenuItemConstructorOptions[] {
  const role = (name: Role): MenuItemConstructorOptions => ({ role: name, label: words[name].replaceAll('&', '&&') })
  // Editing of text belongs to the system; on macOS it only works through a menu.
  const text = [separator, role('cut'), role('copy'), role('paste'), role('selectAll')]
  const own = menus.map(({ id, label, entries }): MenuItemConstructorOptions => ({
    id,
    label,
    submenu: [...entries.map((entry) => menuItem(entry, isMac, run)), ...(id === 'edit' ? text : [])],
  }))
  return isMac ? [appMenu(role), ...own, windowMenu(words.window, role)] : [...own, role('quit')]
}

type MakeRole = (name: Role) => MenuItemConstructorOptions

const appMenu = (role: MakeRole): MenuItemConstructorOptions => ({
  label: 'Attune',
  submenu: [
    role('about'),
    separator,
    role('services'),
    separator,
    role('hide'),
    role('hideOthers'),
    role('unhide'),
    separator,
    role('quit'),
  ],
})

const windowMenu = (label: string, role: MakeRole): MenuItemConstructorOptions => ({
  role: 'window',
  label,
  submenu: [role('minimize'), role('zoom'), separator, role('front')],
})

/** On macOS a key without ⌘ or ctrl would be taken from whoever writes: there a shown key is a key that acts. */
const isShownOnMac = (accelerator: string): boolean =>
  /^(?:.*\+)?(?:CmdOrCtrl|Ctrl)\+|^(?:.*\+)?F\d+$/.test(accelerator)

function menuItem(
  { id, label, keys, isEnabled, isChecked }: ShellMenuEntry,
  isMac: boolean,
  run: (id: string) => void,
): MenuItemConstructorOptions {
  const written = keys === null ? null : writeAccelerator(keys)
  const accelerator = written !== null && (!isMac || isShownOnMac(written)) ? written : null
  return {
    id,
    // An ampersand would underline the letter behind it.
    label: label.replaceAll('&', '&&'),
    enabled: isEnabled,
    ...(isChecked === undefined ? {} : { type: 'checkbox', checked: isChecked }),
    ...(accelerator === null ? {} : { accelerator, registerAccelerator: false }),
    click: () => {
      run(id)
    },
  }
}
