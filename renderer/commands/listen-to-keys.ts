import type { StudioState } from '../state/studio-state.svelte.ts'
import type { Command, CommandPlace } from './command.ts'
import { commands } from './commands.ts'
import { matchShortcut, writeShortcut } from './match-shortcut.ts'

/** A key held longer than this is a tool held, not a tool chosen. */
const heldMs = 300

const isTypingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button'].includes(target.type)))

/** Controls that need these keys for themselves. */
const wantsKey = (target: EventTarget | null, code: string): boolean => {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('[role=dialog], [role=menu], [role=listbox][data-own-keys]') !== null) return true
  const isArrow = code.startsWith('Arrow')
  if (isArrow && target.matches('input, select, [role=slider], [role=tab], [role=radio], [data-own-arrows]'))
    return true
  return (
    (code === 'Space' || code === 'Enter') &&
    target.matches('button, a, select, input, [role=slider], [data-own-arrows]')
  )
}

/** Turns key presses into commands until the returned function is called. */
export function listenToKeys(studio: StudioState, run: (command: Command) => void): () => void {
  let held: { readonly command: Command; readonly code: string; readonly sinceMs: number } | null = null
  const onDown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented || (event.repeat && held !== null)) return
    const { workspace } = studio.view
    const place: CommandPlace | null = workspace === 'canvas' || workspace === 'gallery' ? workspace : null
    const pressed = writeShortcut(event, studio.isMac)
    const target = event.composedPath()[0] ?? null
    const isTyping = isTypingIn(target)
    if (wantsKey(target, event.code) && !pressed.startsWith('mod')) return
    const command = matchShortcut(commands, studio.settings.all['app.shortcuts'], pressed, place, isTyping)
    if (command === undefined || command.isEnabled?.(studio) === false) return
    event.preventDefault()
    run(command)
    if (command.isHeld === true) held = { command, code: event.code, sinceMs: event.timeStamp }
  }
  const onUp = (event: KeyboardEvent): void => {
    if (held === null || event.code !== held.code) return
    const isTap = event.timeStamp - held.sinceMs < heldMs && held.command.group === 'tools'
    if (isTap) studio.view.heldOver = null
    else held.command.release?.(studio)
    held = null
  }
  const onBlur = (): void => {
    held?.command.release?.(studio)
    held = null
  }
  window.addEventListener('keydown', onDown)
  window.addEventListener('keyup', onUp)
  window.addEventListener('blur', onBlur)
  return () => {
    window.removeEventListener('keydown', onDown)
    window.removeEventListener('keyup', onUp)
    window.removeEventListener('blur', onBlur)
  }
}
