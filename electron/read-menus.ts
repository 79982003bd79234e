import type { ShellMenu, ShellMenuEntry } from '../engine/contract/shell-bridge.ts'

const mostMenus = 16
const mostEntries = 100
const longestLabel = 200

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const isId = (value: unknown): value is string => typeof value === 'string' && /^[a-zA-Z0-9.:_-]{1,80}$/.test(value)

const isLabel = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= longestLabel

/** The menus that the page asks for, as far as they are what they should be; `null` when they are not. */
export function readMenus(value: unknown): readonly ShellMenu[] | null {
  if (!Array.isArray(value) || value.length > mostMenus) return null
  const menus = value.map(readMenu)
  return menus.every((menu) => menu !== null) ? menus : null
}

function readMenu(value: unknown): ShellMenu | null {
  if (!isFields(value)) return null
  const { id, label, entries } = value
  if (!isId(id) || !isLabel(label) || !Array.isArray(entries) || entries.length > mostEntries) return null
  const read = entries.map(readEntry)
  return read.every((entry) => entry !== null) ? { id, label, entries: read } : null
}

function readEntry(value: unknown): ShellMenuEntry | null {
  if (!isFields(value)) return null
  const { id, label, keys, isEnabled, isChecked } = value
  if (!isId(id) || !isLabel(label)) return null
  if (keys !== null && (typeof keys !== 'string' || keys.length > 40)) return null
  return { id, label, keys, isEnabled: isEnabled === true, ...(isChecked === true ? { isChecked } : {}) }
}
