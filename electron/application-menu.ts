import type { MenuItemConstructorOptions } from 'electron'
import type { ShellMenu, ShellMenuEntry } from '../engine/contract/shell-bridge.ts'
import { writeAccelerator } from './write-accelerator.ts'

/** Editing of text belongs to the system; on macOS it only works through a menu. */
const textRoles: readonly MenuItemConstructorOptions[] = [
  { type: 'separator' },
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
]

/**
 * The native menu: the window's commands under the names, keys and language they have there.
 *
 * @param menus what the window said last; nothing before it has
 * @param run   called with the id of the entry that was chosen
 */
export function menuTemplate(
  menus: readonly ShellMenu[],
  isMac: boolean,
  run: (id: string) => void,
): MenuItemConstructorOptions[] {
  const own = menus.map(({ id, label, entries }): MenuItemConstructorOptions => ({
    id,
    label,
    submenu: [...entries.map((entry) => menuItem(entry, run)), ...(id === 'edit' ? textRoles : [])],
  }))
  const system: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : []
  return [...system, ...own, isMac ? { role: 'windowMenu' } : { role: 'quit' }]
}

function menuItem(
  { id, label, keys, isEnabled, isChecked }: ShellMenuEntry,
  run: (id: string) => void,
): MenuItemConstructorOptions {
  const accelerator = keys === null ? null : writeAccelerator(keys)
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
