import { describe, expect, it } from 'vitest'
import { menuTemplate } from '../../electron/application-menu.ts'
import { channels } from '../../electron/channels.ts'
import { readMenus } from '../../electron/read-menus.ts'
import { startShell } from '../../electron/start-shell.ts'
import { writeAccelerator } from '../../electron/write-accelerator.ts'
import type { ShellMenu } from '../../engine/contract/shell-bridge.ts'
import { fromPage, makeStandInParts } from './stand-in-parts.ts'

const edit: ShellMenu = {
  id: 'edit',
  label: 'Bearbeiten',
  entries: [{ id: 'edit.undo', label: 'Cut & undo', keys: 'mod+KeyZ', isEnabled: false }],
}

describe('the native menu', () => {
  it('shows what the window says, and runs its commands', () => {
    const ran: string[] = []
    const [menu, quit] = menuTemplate([edit], false, (id) => ran.push(id))
    const [item, ...roles] = Array.isArray(menu?.submenu) ? menu.submenu : []
    expect({ ...item, click: undefined }).toEqual({
      id: 'edit.undo',
      label: 'Cut && undo',
      enabled: false,
      accelerator: 'CmdOrCtrl+Z',
      registerAccelerator: false,
      click: undefined,
    })
    expect(roles.map(({ role, type }) => role ?? type)).toEqual(['separator', 'cut', 'copy', 'paste', 'selectAll'])
    expect(quit).toEqual({ role: 'quit' })
    // Electron hands a click three values; the menu needs none of them.
    ;(item?.click as unknown as () => void)()
    expect(ran).toEqual(['edit.undo'])
  })

  it('writes shortcuts as native menus do, and leaves out what they cannot show', () => {
    expect(
      ['mod+shift+KeyZ', 'alt+Digit1', 'F1', 'BracketLeft', 'mod+Enter', 'mod+Comma', 'Backquote', 'hyper+KeyA'].map(
        writeAccelerator,
      ),
    ).toEqual(['CmdOrCtrl+Shift+Z', 'Alt+1', 'F1', '[', 'CmdOrCtrl+Enter', 'CmdOrCtrl+,', null, null])
  })

  it('takes no menu that is not one', () => {
    expect(readMenus([edit])).toEqual([edit])
    const entry = { id: 'a', label: 'A', keys: null, isEnabled: true }
    for (const hostile of [
      null,
      'edit',
      [null],
      [{ ...edit, id: '../etc' }],
      [{ ...edit, label: 'x'.repeat(201) }],
      [{ ...edit, entries: [{ ...entry, label: 7 }] }],
      [{ ...edit, entries: [{ ...entry, keys: {} }] }],
      [{ ...edit, entries: Array.from({ length: 101 }, () => entry) }],
      Array.from({ length: 17 }, () => edit),
    ]) {
      expect([hostile, readMenus(hostile)]).toEqual([hostile, null])
    }
  })

  it('is set at the start and whenever the window says how it is', async () => {
    const { standIn, ipcMain, parts } = makeStandInParts()
    await startShell(parts, '/app/dist')
    standIn.emit(ipcMain, channels.setMenu, fromPage(), [edit])
    standIn.emit(ipcMain, channels.setMenu, fromPage(), 'hostile')
    standIn.emit(ipcMain, channels.setMenu, fromPage('https://example.org/'), [edit])
    expect(standIn.of('Menu', 'setApplicationMenu')).toHaveLength(2)
  })
})
