import { describe, expect, it } from 'vitest'
import type { Command } from '../../../renderer/commands/command.ts'
import { scoreMatch } from '../../../renderer/commands/find-commands.ts'
import {
  findConflicts,
  matchShortcut,
  normaliseShortcut,
  showShortcut,
  writeShortcut,
} from '../../../renderer/commands/match-shortcut.ts'

const command = (id: string, shortcuts: readonly string[], more: Partial<Command> = {}): Command => ({
  id,
  label: 'command.undo',
  group: 'edit',
  shortcuts,
  run: () => undefined,
  ...more,
})

const press = (code: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})

const brush = command('brush', ['KeyB'], { place: 'canvas' })
const pick = command('pick', ['KeyP'], { place: 'gallery' })
const undo = command('undo', ['mod+KeyZ'], { worksWhileTyping: true })
const all = [brush, pick, undo]

describe('shortcuts', () => {
  it.each([
    [press('KeyZ', { ctrlKey: true }), false, 'mod+KeyZ'],
    [press('KeyZ', { metaKey: true, shiftKey: true }), true, 'mod+shift+KeyZ'],
    [press('KeyZ', { ctrlKey: true }), true, 'ctrl+KeyZ'],
  ])('%o (mac %s) is %s', (pressed, isMac, written) => {
    expect(writeShortcut(pressed, isMac)).toBe(written)
  })

  it('count at their place only, and while typing only if they say so', () => {
    expect(matchShortcut(all, {}, 'KeyB', 'canvas', false)).toBe(brush)
    expect(matchShortcut(all, {}, 'KeyB', 'gallery', false)).toBeUndefined()
    expect(matchShortcut(all, {}, 'KeyB', 'canvas', true)).toBeUndefined()
    expect(matchShortcut(all, {}, 'mod+KeyZ', 'canvas', true)).toBe(undo)
  })

  it('can be exchanged and taken away', () => {
    expect(matchShortcut(all, { brush: ['shift+KeyX'] }, 'shift+KeyX', 'canvas', false)).toBe(brush)
    expect(matchShortcut(all, { brush: [] }, 'KeyB', 'canvas', false)).toBeUndefined()
  })

  it('tell who has a key already', () => {
    expect(findConflicts(all, {}, pick, 'mod+KeyZ')).toEqual([undo])
    expect(findConflicts(all, {}, pick, 'KeyB')).toEqual([])
  })

  it('read the same in any order', () => {
    expect(normaliseShortcut('shift+mod+KeyZ')).toBe('mod+shift+KeyZ')
    expect(showShortcut('mod+shift+KeyZ', false)).toEqual(['Ctrl', 'Shift', 'Z'])
  })
})

describe('palette', () => {
  it('finds beginnings before middles, letters in order, and forgives a slip', () => {
    expect(scoreMatch('gen', 'Generate')).toBeGreaterThan(scoreMatch('gen', 'Regenerate'))
    expect(scoreMatch('nwreg', 'New region')).toBeGreaterThan(0)
    expect(scoreMatch('generte', 'Generate')).toBeGreaterThan(0)
    expect(scoreMatch('zzz', 'Generate')).toBe(0)
  })
})
