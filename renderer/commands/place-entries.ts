import { withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import type { SettingsPart } from '../state/view-state.svelte.ts'
import type { MessageKey } from '../text/messages.ts'
import { scoreMatch, scoreName } from './find-commands.ts'
import type { PaletteEntry } from './palette-entry.ts'

/** Settings by their names, and the part of the page each stands in. */
const settingPlaces: readonly (readonly [name: MessageKey, part: SettingsPart])[] = [
  ['settings.theme', 'settings.appearance'],
  ['settings.language', 'settings.appearance'],
  ['settings.hands', 'settings.canvas'],
  ['settings.stabiliser', 'settings.canvas'],
  ['settings.pressure', 'settings.canvas'],
  ['settings.starts', 'settings.generating'],
  ['settings.retries', 'settings.generating'],
  ['settings.metadata', 'settings.generating'],
  ['settings.notifications', 'settings.generating'],
  ['settings.device', 'settings.device'],
  ['settings.runOn', 'settings.device'],
  ['settings.memory', 'settings.device'],
  ['settings.library', 'settings.library'],
  ['settings.backup', 'settings.library'],
  ['settings.offline', 'settings.privacy'],
  ['settings.about', 'settings.about'],
]
const most = 3

/** Settings, models, boards and kept searches that are called so. */
export const placeEntries = (studio: StudioState, query: string): readonly PaletteEntry[] => [
  ...settingEntries(studio, query),
  ...modelEntries(studio, query),
  ...galleryEntries(studio, query),
]

const best = <Item>(items: readonly Item[], score: (item: Item) => number): readonly Item[] =>
  items
    .map((item) => ({ item, score: score(item) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ item }) => item)

const settingEntries = ({ say, view }: StudioState, query: string): readonly PaletteEntry[] =>
  best(settingPlaces, ([name]) => scoreName(query, name)).map(([name, part]) => ({
    id: `setting ${name}`,
    group: say('nav.settings'),
    text: say(name),
    note: name === part ? '' : say(part),
    icon: 'gear-six',
    run: () => {
      view.settingsPart = part
      view.workspace = 'settings'
    },
  }))

const modelEntries = (studio: StudioState, query: string): readonly PaletteEntry[] =>
  best(studio.models.usable, ({ name }) => scoreMatch(query, name)).map(({ id, name, sentence }) => ({
    id: `model ${id}`,
    group: studio.say('setup.model'),
    text: name,
    note: sentence,
    icon: 'package',
    run: () => {
      const { document } = studio
      document.change(withSetup(document.current, { model: String(id) }), 'change.model')
      studio.view.workspace = 'canvas'
    },
  }))

const galleryEntries = (studio: StudioState, query: string): readonly PaletteEntry[] => {
  const { say, gallery, view, settings } = studio
  const boards = best(gallery.boards, ({ name }) => scoreMatch(query, name)).map(({ id, name }) => ({
    id: `board ${id}`,
    group: say('gallery.boards'),
    text: name,
    icon: 'bookmark-simple',
    run: () => {
      view.workspace = 'gallery'
      gallery.filter = { boardId: id }
      void studio.attempt(() => gallery.load())
    },
  }))
  const searches = best(settings.all['gallery.searches'], ({ name }) => scoreMatch(query, name)).map(
    ({ name, search }) => ({
      id: `search ${search}`,
      group: say('gallery.saved'),
      text: name,
      note: search === name ? '' : search,
      icon: 'magnifying-glass',
      run: () => {
        view.workspace = 'gallery'
        void studio.attempt(() => gallery.look(search))
      },
    }),
  )
  return [...boards, ...searches]
}
