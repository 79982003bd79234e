import { imageSorts } from '../../engine/contract/image-records.ts'
import type { FeedbackKind } from '../../engine/contract/feedback-records.ts'
import { useSettings } from '../actions/use-settings.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import type { MessageKey } from '../text/messages.ts'
import type { Command } from './command.ts'

const hasCurrent = ({ gallery }: StudioState): boolean => gallery.targets.length > 0

const rate = (key: string, kind: FeedbackKind, label: MessageKey): Command =>
  ({
    id: `gallery.${kind}`,
    label,
    group: 'gallery',
    shortcuts: [key],
    place: 'gallery',
    icon: kind.startsWith('rate') ? 'star' : undefined,
    isEnabled: hasCurrent,
    run: ({ gallery }) => gallery.give(kind),
  }) as Command // an absent icon is no icon

const takeOver = (id: string, key: string, label: MessageKey, part: 'all' | 'seed' | 'prompt'): Command => ({
  id,
  label,
  group: 'gallery',
  shortcuts: [key],
  place: 'gallery',
  isEnabled: ({ gallery }) => gallery.current !== null,
  run: (studio) => (studio.gallery.current === null ? undefined : useSettings(studio, studio.gallery.current, part)),
})

export const galleryCommands: readonly Command[] = [
  rate('Digit1', 'rate-1', 'command.rate1'),
  rate('Digit2', 'rate-2', 'command.rate2'),
  rate('Digit3', 'rate-3', 'command.rate3'),
  rate('Digit4', 'rate-4', 'command.rate4'),
  rate('Digit5', 'rate-5', 'command.rate5'),
  rate('Digit0', 'clear-rating', 'command.clearRating'),
  rate('KeyP', 'pick', 'command.pick'),
  rate('KeyX', 'reject', 'command.reject'),
  takeOver('gallery.useSettings', 'KeyA', 'command.useSettings', 'all'),
  takeOver('gallery.useSeed', 'KeyS', 'command.useSeed', 'seed'),
  takeOver('gallery.usePrompt', 'shift+KeyP', 'command.usePrompt', 'prompt'),
  {
    id: 'gallery.look',
    label: 'command.look',
    group: 'gallery',
    shortcuts: ['Space'],
    place: 'gallery',
    icon: 'eye',
    isEnabled: hasCurrent,
    run: ({ gallery }) => {
      gallery.isLooking = !gallery.isLooking
    },
  },
  {
    id: 'gallery.trash',
    label: 'command.trash',
    group: 'gallery',
    shortcuts: ['Delete'],
    place: 'gallery',
    icon: 'trash',
    isEnabled: hasCurrent,
    run: async (studio) => {
      const wasInTrash = studio.gallery.filter.isTrashed === true
      const ids = await studio.gallery.trash()
      if (ids.length === 0 || wasInTrash) return
      studio.notices.show(
        'notice.trashed',
        { count: ids.length },
        { action: { label: 'command.undo', run: () => void studio.attempt(() => studio.gallery.restore(ids)) } },
      )
    },
  },
  {
    id: 'gallery.chooseAll',
    label: 'command.chooseAll',
    group: 'gallery',
    shortcuts: ['mod+KeyA'],
    place: 'gallery',
    run: ({ gallery }) => gallery.chooseAll(),
  },
  {
    id: 'gallery.nextOrder',
    label: 'command.nextOrder',
    group: 'gallery',
    shortcuts: ['KeyO'],
    place: 'gallery',
    run: ({ gallery }) =>
      gallery.order(imageSorts[(imageSorts.indexOf(gallery.sort) + 1) % imageSorts.length] ?? 'newest'),
  },
  ...imageSorts.map((sort): Command => ({
    id: `gallery.order.${sort}`,
    label: `sort.${sort}`,
    group: 'gallery',
    shortcuts: [],
    place: 'gallery',
    run: ({ gallery }) => gallery.order(sort),
  })),
  {
    id: 'gallery.search',
    label: 'command.search',
    group: 'gallery',
    shortcuts: ['Slash'],
    place: 'gallery',
    icon: 'magnifying-glass',
    run: () => {
      document.querySelector<HTMLInputElement>('[data-search]')?.focus()
    },
  },
]
