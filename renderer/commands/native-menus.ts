import type { DocumentSummary } from '../../engine/contract/document-records.ts'
import type { ShellMenu, ShellMenuEntry, ShellWords } from '../../engine/contract/shell-bridge.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { type Command, type CommandGroup, commandGroups } from './command.ts'
import { commands } from './commands.ts'
import { shortcutsOf } from './match-shortcut.ts'

/** Tools have a rail of their own, always in sight. */
const groupsInMenu = commandGroups.filter((group) => group !== 'tools')
const mostRecent = 12

/** Entries of the menu of documents that stand for one of them. */
export const documentEntryPrefix = 'document:'

/** The native menu: every command under its name and keys, and the documents that were open last. */
export const nativeMenus = (studio: StudioState, documents: readonly DocumentSummary[]): readonly ShellMenu[] =>
  groupsInMenu.flatMap((group) => [
    menuOf(studio, group),
    ...(group === 'document' && documents.length > 0 ? [recentMenu(studio, documents)] : []),
  ])

/** What the shell says itself, in the window's language. */
export const shellWords = ({ say }: StudioState): Required<ShellWords> => ({
  cut: say('shell.cut'),
  copy: say('shell.copy'),
  paste: say('shell.paste'),
  selectAll: say('shell.selectAll'),
  quit: say('shell.quit'),
  about: say('shell.about'),
  services: say('shell.services'),
  hide: say('shell.hide'),
  hideOthers: say('shell.hideOthers'),
  unhide: say('shell.unhide'),
  window: say('shell.window'),
  minimize: say('shell.minimize'),
  zoom: say('shell.zoom'),
  front: say('shell.front'),
  serviceEnds: say('shell.serviceEnds'),
  pageEnds: say('shell.pageEnds'),
})

const menuOf = (studio: StudioState, group: CommandGroup): ShellMenu => ({
  id: group,
  label: studio.say(`group.${group}`),
  entries: commands.filter((command) => command.group === group).map((command) => entryOf(studio, command)),
})

const entryOf = (studio: StudioState, command: Command): ShellMenuEntry => ({
  id: command.id,
  label: studio.say(command.label),
  keys: shortcutsOf(command, studio.settings.all['app.shortcuts'])[0] ?? null,
  isEnabled: command.isEnabled?.(studio) !== false,
})

const recentMenu = (studio: StudioState, documents: readonly DocumentSummary[]): ShellMenu => ({
  id: 'recent',
  label: studio.say('menu.recent'),
  entries: documents.slice(0, mostRecent).map(({ id, name }) => ({
    id: `${documentEntryPrefix}${id}`,
    label: name,
    keys: null,
    isEnabled: true,
    isChecked: id === studio.document.id,
  })),
})
