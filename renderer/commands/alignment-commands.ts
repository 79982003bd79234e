import { measureShown } from '../actions/measure-picture.ts'
import { pinWord, shownMarks, walkWords, wordAt } from '../actions/read-heat.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import type { Command } from './command.ts'

const hasWords = (studio: StudioState): boolean => shownMarks(studio).length > 0

/** What the picture shows of the words. */
export const alignmentCommands: readonly Command[] = [
  {
    id: 'alignment.heat',
    label: 'command.heatMap',
    group: 'results',
    shortcuts: ['alt+KeyW'],
    worksWhileTyping: true,
    place: 'canvas',
    icon: 'gradient',
    isEnabled: hasWords,
    run: (studio) => {
      const word = wordAt(studio, studio.view.wordAtCaret)
      if (word === undefined) walkWords(studio)
      else pinWord(studio, word)
    },
  },
  {
    id: 'alignment.nextWord',
    label: 'command.nextWord',
    group: 'results',
    shortcuts: ['shift+KeyW'],
    place: 'canvas',
    isEnabled: hasWords,
    run: walkWords,
  },
  {
    id: 'alignment.endHeat',
    label: 'command.endHeat',
    group: 'results',
    shortcuts: ['Escape'],
    place: 'canvas',
    isEnabled: ({ view }) => view.heatWord !== null,
    run: ({ view }) => {
      view.heatWord = null
    },
  },
  {
    id: 'alignment.measure',
    label: 'command.measureWords',
    group: 'results',
    shortcuts: [],
    isEnabled: ({ alignment, results }) => {
      const known = alignment.get(results.shown)
      return known !== undefined && known.estimateMs !== null && !known.isMeasuring
    },
    run: measureShown,
  },
]
