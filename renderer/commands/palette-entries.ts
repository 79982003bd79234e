import type { DocumentSummary } from '../../engine/contract/document-records.ts'
import type { ImageDetails } from '../../engine/contract/image-records.ts'
import { addRegion } from '../actions/edit-regions.ts'
import { openDocument } from '../actions/open-studio.ts'
import { contentWords } from '../prompt/find-phrase.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { type AbsentFeature, findAbsent } from '../text/absent-features.ts'
import { commands } from './commands.ts'
import { scoreMatch, scoreName } from './find-commands.ts'
import { shortcutsOf, showShortcut } from './match-shortcut.ts'
import type { PaletteEntry } from './palette-entry.ts'
import { placeEntries } from './place-entries.ts'
import { runCommand } from './run-command.ts'

/** What the library found for the same words. */
export interface PaletteFinds {
  readonly pictures: readonly ImageDetails[]
  readonly documents: readonly DocumentSummary[]
}

/** Everything that fits what was typed: commands, words of the prompt, pictures, documents, and the gallery's search. */
export const findEntries = (studio: StudioState, query: string, found: PaletteFinds): readonly PaletteEntry[] => [
  ...commandEntries(studio, query),
  ...wordEntries(studio, query),
  ...found.pictures.map((image) => pictureEntry(studio, query, image)),
  ...(query.trim() === '' ? [] : documentEntries(studio, query, found.documents)),
  ...(query.trim() === '' ? [] : placeEntries(studio, query)),
  ...findAbsent(query).map((feature) => absentEntry(studio, feature)),
  ...(query.trim() === '' ? [] : [searchEntry(studio, query)]),
]

function commandEntries(studio: StudioState, query: string): readonly PaletteEntry[] {
  const { say, settings, isMac } = studio
  const isShown = (id: string): boolean => id !== 'go.palette' && (query !== '' || !id.startsWith('region.choose'))
  return commands
    .map((command) => ({ command, score: scoreName(query, command.label) }))
    .filter(({ command, score }) => score > 0 && isShown(command.id))
    .sort((a, b) => b.score - a.score)
    .slice(0, query === '' ? 10 : 7)
    .map(({ command }) => {
      const shortcut = shortcutsOf(command, settings.all['app.shortcuts'])[0]
      return {
        id: command.id,
        group: say('palette.do'),
        text: say(command.label),
        icon: command.icon ?? 'command',
        isDisabled: command.isEnabled?.(studio) === false,
        ...(shortcut !== undefined && { keys: showShortcut(shortcut, isMac).join(' ') }),
        run: () => {
          runCommand(studio, command)
        },
      }
    })
}

function wordEntries(studio: StudioState, query: string): readonly PaletteEntry[] {
  const { say, document, view } = studio
  if (query.trim() === '') return []
  const { prompt } = document.current
  const words = contentWords(prompt).map(({ from, to }) => prompt.slice(from, to))
  return [...new Set(words)]
    .filter((word) => scoreMatch(query, word) > 0)
    .slice(0, 2)
    .map((word) => ({
      id: `word ${word}`,
      group: say('palette.do'),
      text: say('palette.regionFor', { word }),
      icon: 'paint-brush',
      run: () => {
        view.workspace = 'canvas'
        addRegion(studio, word)
      },
    }))
}

const searchGallery = async (studio: StudioState, query: string): Promise<void> => {
  studio.view.workspace = 'gallery'
  await studio.gallery.look(query.trim())
}

const pictureEntry = (studio: StudioState, query: string, image: ImageDetails): PaletteEntry => ({
  id: `image ${image.id}`,
  group: studio.say('palette.pictures'),
  text: image.recipe?.prompt ?? image.foreign?.prompt ?? image.fileName,
  note: new Date(image.createdMs).toLocaleDateString(studio.language, { day: 'numeric', month: 'long' }),
  image: image.id,
  run: () =>
    void studio.attempt(async () => {
      await searchGallery(studio, query)
      studio.gallery.choose(image.id)
    }),
})

const documentEntries = (
  studio: StudioState,
  query: string,
  documents: readonly DocumentSummary[],
): readonly PaletteEntry[] =>
  documents
    .filter(({ name }) => scoreMatch(query, name) > 0)
    .slice(0, 3)
    .map(({ id, name }) => ({
      id: `document ${id}`,
      group: studio.say('palette.documents'),
      text: name,
      icon: 'file-image',
      run: () => void studio.attempt(() => openDocument(studio, id)),
    }))

/** Leads to the place that lists everything that is not there. */
const absentEntry = ({ say, view }: StudioState, { id, sentence }: AbsentFeature): PaletteEntry => ({
  id: `absent ${id}`,
  group: say('models.without'),
  text: say(sentence),
  icon: 'info',
  run: () => {
    view.workspace = 'models'
  },
})

const searchEntry = (studio: StudioState, query: string): PaletteEntry => ({
  id: 'search',
  group: studio.say('palette.goTo'),
  text: studio.say('palette.searchGallery', { text: query.trim() }),
  icon: 'images',
  run: () => void studio.attempt(() => searchGallery(studio, query)),
})
