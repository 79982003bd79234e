import { findCommand } from '../../commands/commands.ts'
import { shortcutsOf, showShortcut } from '../../commands/match-shortcut.ts'
import { runCommand } from '../../commands/run-command.ts'
import type { MenuEntry } from '../../parts/menu-entry.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'

/**
 * Commands as lines of a menu, with the keys that the user gave them.
 *
 * @param groups ids of commands; a line is drawn between groups
 */
export const commandEntries = (studio: StudioState, groups: readonly (readonly string[])[]): readonly MenuEntry[] =>
  groups.flatMap((ids, group) =>
    ids.map((id, i): MenuEntry => {
      const command = findCommand(id)
      const [shortcut] = shortcutsOf(command, studio.settings.all['app.shortcuts'])
      return {
        id,
        label: studio.say(command.label),
        ...(command.icon !== undefined && { icon: command.icon }),
        ...(shortcut !== undefined && { keys: showShortcut(shortcut, studio.isMac).join(' ') }),
        isDisabled: command.isEnabled?.(studio) === false,
        startsGroup: group > 0 && i === 0,
        run: () => {
          runCommand(studio, command)
        },
      }
    }),
  )
