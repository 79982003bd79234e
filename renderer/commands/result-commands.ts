import { discardResult, keepResult, startFromResult } from '../actions/judge-result.ts'
import { hasResult } from './can-run.ts'
import type { Command } from './command.ts'

/** What was made: walk, keep, discard, compare. */
export const resultCommands: readonly Command[] = [
  {
    id: 'result.next',
    label: 'command.nextResult',
    group: 'results',
    shortcuts: ['ArrowRight', 'ArrowDown'],
    place: 'canvas',
    icon: 'arrow-right',
    isEnabled: ({ results }) => results.images.length > 0,
    run: ({ results }) => {
      results.walk(1)
    },
  },
  {
    id: 'result.previous',
    label: 'command.previousResult',
    group: 'results',
    shortcuts: ['ArrowLeft', 'ArrowUp'],
    place: 'canvas',
    icon: 'arrow-left',
    isEnabled: ({ results }) => results.images.length > 0,
    run: ({ results }) => {
      results.walk(-1)
    },
  },
  {
    id: 'result.keep',
    label: 'command.keep',
    group: 'results',
    shortcuts: ['Enter'],
    place: 'canvas',
    icon: 'check',
    isEnabled: hasResult,
    run: keepResult,
  },
  {
    id: 'result.discard',
    label: 'command.discard',
    group: 'results',
    shortcuts: ['shift+Delete'],
    place: 'canvas',
    icon: 'x',
    isEnabled: hasResult,
    run: discardResult,
  },
  {
    id: 'result.start',
    label: 'command.startFromResult',
    group: 'results',
    shortcuts: [],
    icon: 'image',
    isEnabled: hasResult,
    run: (studio) => {
      if (studio.results.shown !== null) startFromResult(studio, studio.results.shown)
    },
  },
  {
    id: 'result.compare',
    label: 'command.compare',
    group: 'results',
    shortcuts: ['shift+Backslash'],
    place: 'canvas',
    icon: 'square-split-horizontal',
    isEnabled: ({ results, view }) => view.compare !== 'off' || (results.shown !== null && results.images.length > 1),
    run: ({ view }) => {
      view.compare = view.compare === 'off' ? 'slider' : 'off'
    },
  },
  {
    id: 'result.grid',
    label: 'command.showGrid',
    group: 'results',
    shortcuts: ['shift+KeyC'],
    place: 'canvas',
    icon: 'squares-four',
    isEnabled: ({ results }) => results.grid !== null,
    run: ({ view }) => {
      view.compare = view.compare === 'grid' ? 'off' : 'grid'
    },
  },
  {
    id: 'result.before',
    label: 'command.before',
    group: 'results',
    shortcuts: ['Backslash'],
    place: 'canvas',
    isHeld: true,
    isEnabled: ({ results }) => results.previous !== null,
    run: ({ view }) => {
      view.isFlickerOn = true
    },
    release: ({ view }) => {
      view.isFlickerOn = false
    },
  },
]
