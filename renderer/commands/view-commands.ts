import { fitPaper, showAt, zoomBy } from '../actions/look-around.ts'
import type { Command } from './command.ts'

/** How the paper is looked at, and the brush in hand. */
export const viewCommands: readonly Command[] = [
  {
    id: 'view.fit',
    label: 'command.fit',
    group: 'view',
    shortcuts: ['mod+Digit0'],
    icon: 'corners-out',
    worksWhileTyping: true,
    run: fitPaper,
  },
  {
    id: 'view.full',
    label: 'command.zoom100',
    group: 'view',
    shortcuts: ['mod+Digit1'],
    worksWhileTyping: true,
    run: (studio) => {
      showAt(studio, 1)
    },
  },
  {
    id: 'view.double',
    label: 'command.zoom200',
    group: 'view',
    shortcuts: ['mod+Digit2'],
    worksWhileTyping: true,
    run: (studio) => {
      showAt(studio, 2)
    },
  },
  {
    id: 'view.zoomIn',
    label: 'command.zoomIn',
    group: 'view',
    shortcuts: ['mod+Equal'],
    worksWhileTyping: true,
    icon: 'plus',
    run: (studio) => {
      zoomBy(studio, 1.25)
    },
  },
  {
    id: 'view.zoomOut',
    label: 'command.zoomOut',
    group: 'view',
    shortcuts: ['mod+Minus'],
    worksWhileTyping: true,
    icon: 'minus',
    run: (studio) => {
      zoomBy(studio, 0.8)
    },
  },
  {
    id: 'view.pixels',
    label: 'command.showPixels',
    group: 'view',
    shortcuts: [],
    run: ({ view }) => {
      view.showsPixels = !view.showsPixels
    },
  },
  {
    id: 'brush.smaller',
    label: 'command.brushSmaller',
    group: 'tools',
    shortcuts: ['BracketLeft'],
    place: 'canvas',
    run: ({ view }) => {
      view.setBrush({ size: Math.max(1, Math.round(view.brush.size / 1.15)) })
    },
  },
  {
    id: 'brush.larger',
    label: 'command.brushLarger',
    group: 'tools',
    shortcuts: ['BracketRight'],
    place: 'canvas',
    run: ({ view }) => {
      view.setBrush({ size: Math.min(1000, Math.max(view.brush.size + 1, Math.round(view.brush.size * 1.15))) })
    },
  },
  {
    id: 'brush.mode',
    label: 'command.brushMode',
    group: 'tools',
    shortcuts: ['KeyX'],
    place: 'canvas',
    run: ({ view }) => {
      view.mode = view.mode === 'add' ? 'remove' : 'add'
    },
  },
  {
    id: 'view.liftPaper',
    label: 'command.liftPaper',
    group: 'view',
    shortcuts: ['KeyT'],
    place: 'canvas',
    isHeld: true,
    run: ({ view }) => {
      view.isPaperLifted = true
    },
    release: ({ view }) => {
      view.isPaperLifted = false
    },
  },
  {
    id: 'view.tracing',
    label: 'command.pictureOrSketch',
    group: 'view',
    shortcuts: ['KeyQ'],
    place: 'canvas',
    run: ({ view }) => {
      view.tracing = view.tracing > 12 ? 12 : 66
    },
  },
  {
    id: 'view.side',
    label: 'command.toggleSide',
    group: 'view',
    shortcuts: ['mod+Backslash'],
    worksWhileTyping: true,
    run: ({ view }) => {
      view.isSideOpen = !view.isSideOpen
    },
  },
]
