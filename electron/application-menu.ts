import type { MenuItemConstructorOptions } from 'electron'

/** A command of the window as the native menu shows it. Keys are the window's own affair: they can be exchanged there. */
interface MenuCommand {
  readonly id: string
  readonly label: string
}

const separator = null

const menus: readonly { readonly label: string; readonly items: readonly (MenuCommand | null)[] }[] = [
  {
    label: 'File',
    items: [
      { id: 'document.new', label: 'New document' },
      separator,
      { id: 'job.generate', label: 'Generate' },
      { id: 'job.cancel', label: 'Cancel the running picture' },
      separator,
      { id: 'go.settings', label: 'Settings' },
    ],
  },
  {
    label: 'Edit',
    items: [
      { id: 'edit.undo', label: 'Undo' },
      { id: 'edit.redo', label: 'Redo' },
    ],
  },
  {
    label: 'View',
    items: [
      { id: 'go.canvas', label: 'Canvas' },
      { id: 'go.gallery', label: 'Gallery' },
      { id: 'go.models', label: 'Models' },
      separator,
      { id: 'view.fit', label: 'Fit the paper into the view' },
      { id: 'view.full', label: 'Zoom to 100 %' },
      { id: 'go.palette', label: 'Command palette' },
    ],
  },
]

/** The native menu; every entry runs the command of the same id in the window. */
export function menuTemplate(isMac: boolean, run: (id: string) => void): MenuItemConstructorOptions[] {
  const own = menus.map(({ label, items }): MenuItemConstructorOptions => ({
    label,
    submenu: items.map((item): MenuItemConstructorOptions => {
      if (item === null) return { type: 'separator' }
      const { id } = item
      return {
        id,
        label: item.label,
        click: () => {
          run(id)
        },
      }
    }),
  }))
  const system: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : []
  return [...system, ...own, { role: 'windowMenu' }]
}
