import {
  beginRename,
  changeThing,
  hideThing,
  isUnkept,
  nameOf,
  removeThing,
  stackThing,
} from '../../actions/change-thing.ts'
import { keepResult } from '../../actions/judge-result.ts'
import { type Thing, thingInHand } from '../../actions/things-under.ts'
import type { MenuEntry } from '../../parts/menu-entry.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'
import { commandEntries } from '../window/command-entries.ts'

const opacities = [100, 75, 50, 25] as const

/** What can be done with the uppermost thing at a place, what else lies there, and what can be begun. */
export function stageMenu(studio: StudioState, things: readonly Thing[]): readonly MenuEntry[] {
  const [thing] = things
  return [
    ...things.map((one) => selectEntry(studio, one)),
    ...(thing === undefined ? [] : thingEntries(studio, thing)),
    ...commandEntries(studio, [[], ['region.new', 'mask.new', 'view.fit']]),
  ]
}

function selectEntry(studio: StudioState, thing: Thing): MenuEntry {
  return {
    id: `select ${thing.it.id}`,
    label: nameOf(studio, thing),
    isChecked: thingInHand(studio)?.it.id === thing.it.id,
    run: () => {
      hold(studio, thing)
    },
  }
}

function hold({ view }: StudioState, { kind, it }: Thing): void {
  view.hold(kind, it.id)
  view.sideTab = 'layers'
}

function thingEntries(studio: StudioState, thing: Thing): readonly MenuEntry[] {
  const { say } = studio
  const { it, kind } = thing
  const isNew = isUnkept(studio, thing)
  const percent = Math.round(it.opacity * 100)
  const entry = (id: string, label: string, icon: string, run: () => unknown): MenuEntry => ({
    id,
    label,
    icon,
    run: () => void studio.attempt(async () => void (await run())),
  })
  return [
    {
      ...(isNew
        ? entry('keep', say('results.keep'), 'check', () => keepResult(studio))
        : entry('lock', say(it.isLocked ? 'region.unlock' : 'region.lock'), 'lock-simple', () => {
            changeThing(studio, thing, { isLocked: !it.isLocked })
          })),
      startsGroup: true,
    },
    ...(isNew
      ? []
      : [
          entry('rename', say('region.rename'), 'pencil-simple-line', () => {
            if (kind === 'region') askPhrase(studio, it.id)
            else beginRename(studio, thing)
          }),
        ]),
    entry('hide', say('menu.hide'), 'eye-slash', () => {
      hideThing(studio, thing)
    }),
    ...(isNew || kind === 'mask'
      ? []
      : [
          entry('front', say('menu.front'), 'arrow-up', () => {
            stackThing(studio, thing, 'front')
          }),
          entry('back', say('menu.back'), 'arrow-down', () => {
            stackThing(studio, thing, 'back')
          }),
        ]),
    entry('remove', say(isNew ? 'results.discard' : 'menu.remove'), 'trash', () => removeThing(studio, thing)),
    ...opacities.map((value, i): MenuEntry => ({
      id: `opacity ${value}`,
      label: say('menu.opacity', { percent: value }),
      isChecked: percent === value,
      startsGroup: i === 0,
      run: () => {
        changeThing(studio, thing, { opacity: value / 100 })
      },
    })),
  ]
}

/** What goes into a region is asked where it lies. */
function askPhrase({ view }: StudioState, id: string): void {
  view.hold('region', id)
  view.askingPhrase = id
}
