import { describe, expect, it } from 'vitest'
import { menuTemplate } from '../../electron/application-menu.ts'
import { channels } from '../../electron/channels.ts'
import { readMenus } from '../../electron/read-menus.ts'
import { readShellWords } from '../../electron/shell-words.ts'
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
    const words = readShellWords({ quit: 'Attune beenden', cut: 'Ausschneiden & weg', minimize: 7, eval: 'x' })
    const [menu, quit] = menuTemplate({ menus: [edit], words, isMac: false, run: (id) => ran.push(id) })
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
    expect(roles[1]).toEqual({ role: 'cut', label: 'Ausschneiden && weg' })
    expect(quit).toEqual({ role: 'quit', label: 'Attune beenden' })
    // Electron hands a click three values; the menu needs none of them.
    ;(item?.click as unknown as () => void)()
    expect(ran).toEqual(['edit.undo'])
  })

  it('has the system’s own menus on macOS, and takes no plain key from whoever writes there', () => {
    const entry = (keys: string) => ({ id: keys, label: keys, keys, isEnabled: true })
    const keys = [
      'KeyN',
      'shift+KeyN',
      'alt+KeyN',
      'Delete',
      'ArrowRight',
      'F1',
      'mod+KeyN',
      'ctrl+KeyN',
      'shift+mod+KeyZ',
    ]
    const menus = [{ ...edit, entries: keys.map(entry) }]
    const words = readShellWords(null)
    const [app, menu, window] = menuTemplate({ menus, words, isMac: true, run: () => undefined })
    const itemsOf = (one: typeof app) => (Array.isArray(one?.submenu) ? one.submenu : [])
    expect(itemsOf(app).map(({ role, type }) => role ?? type)).toEqual(
      ['about', 'separator', 'services', 'separator', 'hide', 'hideOthers', 'unhide', 'separator', 'quit'], // Apple's order
    )
    expect([window?.role, itemsOf(window).map(({ role, type }) => role ?? type)]).toEqual([
      'window',
      ['minimize', 'zoom', 'separator', 'front'],
    ])
    expect([...itemsOf(app), ...itemsOf(window)].every(({ type, label }) => type !== undefined || label !== '')).toBe(
      true,
    )
    const shown = itemsOf(menu).filter(({ accelerator }) => accelerator !== undefined)
    expect(shown.map(({ id }) => id)).toEqual(['F1', 'mod+KeyN', 'ctrl+KeyN', 'shift+mod+KeyZ'])
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
    // Linux would draw a second bar above the window's own.
    const bars = process.platform === 'darwin' ? [] : [[false], [false]]
    expect(standIn.of('BrowserWindow', 'setMenuBarVisibility')).toEqual(bars)
  })
})
