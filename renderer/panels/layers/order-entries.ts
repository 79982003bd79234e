import type { MenuEntry } from '../../parts/menu-entry.ts'
import type { StudioState } from '../../state/studio-state.svelte.ts'

interface ListPlace {
  /** Its place, from 0. */
  readonly at: number
  /** How many there are. */
  readonly length: number
  readonly put: (from: number, to: number) => void
}

/** What dragging a row does, for those who do not drag. */
export const orderEntries = (say: StudioState['say'], { at, length, put }: ListPlace): readonly MenuEntry[] => [
  {
    id: 'up',
    label: say('list.up'),
    icon: 'arrow-up',
    isDisabled: at === 0,
    run: () => {
      put(at, at - 1)
    },
  },
  {
    id: 'down',
    label: say('list.down'),
    icon: 'arrow-down',
    isDisabled: at === length - 1,
    run: () => {
      put(at, at + 1)
    },
  },
]
