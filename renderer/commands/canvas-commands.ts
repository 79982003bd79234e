import { cancelPicture, generatePicture, moreLikeThis, promptHistory, randomSeed } from '../actions/generate-picture.ts'
import { addRegion, invertRegion, removeLayer, removeRegion } from '../actions/edit-regions.ts'
import { discardResult, keepResult, startFromResult } from '../actions/judge-result.ts'
import { fitPaper, showAt, zoomBy } from '../actions/look-around.ts'
import { openSample } from '../actions/open-studio.ts'
import { newDocument } from '../actions/open-studio.ts'
import { samples } from '../state/samples.ts'
import { withSetup } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { type ToolId, toolIds } from '../tools/tool.ts'
import { toolIcons } from '../tools/tools.ts'
import type { MessageKey } from '../text/messages.ts'
import type { Command } from './command.ts'

const canDraw = ({ document, linkState }: StudioState): boolean => document.current.prompt.trim() !== '' && linkState === 'online'
const hasResult = ({ results }: StudioState): boolean => results.shown !== null

const toolKeys: Readonly<Record<ToolId, string>> = {
  brush: 'KeyB',
  eraser: 'KeyE',
  rectangle: 'KeyU',
  lasso: 'KeyL',
  fill: 'KeyG',
  word: 'KeyW',
  move: 'KeyV',
  frame: 'KeyC',
  hand: 'KeyH',
}

const toolLabels: Readonly<Record<ToolId, MessageKey>> = {
  brush: 'tool.brush',
  eraser: 'tool.eraser',
  rectangle: 'tool.rectangle',
  lasso: 'tool.lasso',
  fill: 'tool.fill',
  word: 'tool.word',
  move: 'tool.move',
  frame: 'tool.frame',
  hand: 'tool.hand',
}

/** Each tool: tapped it stays, held it is used until the key is let go. */
export const toolCommands: readonly Command[] = toolIds.map((id) => ({
  id: `tool.${id}`,
  label: toolLabels[id],
  group: 'tools' as const,
  shortcuts: [toolKeys[id]],
  place: 'canvas' as const,
  icon: toolIcons[id],
  isHeld: true,
  run: ({ view }) => {
    if (view.tool === id) return
    view.heldOver = view.tool
    view.tool = id
  },
  release: ({ view }) => {
    if (view.heldOver === null) return
    view.tool = view.heldOver
    view.heldOver = null
  },
}))

export const generateCommands: readonly Command[] = [
  {
    id: 'job.generate',
    label: 'command.generate',
    group: 'generate',
    shortcuts: ['mod+Enter'],
    worksWhileTyping: true,
    icon: 'paint-brush',
    isEnabled: canDraw,
    run: (studio) => generatePicture(studio, { isFirst: false }),
  },
  {
    id: 'job.generateFirst',
    label: 'command.generateFirst',
    group: 'generate',
    shortcuts: ['mod+shift+Enter'],
    worksWhileTyping: true,
    isEnabled: canDraw,
    run: (studio) => generatePicture(studio, { isFirst: true }),
  },
  {
    id: 'job.cancel',
    label: 'command.cancel',
    group: 'generate',
    shortcuts: ['shift+KeyX'],
    icon: 'stop',
    isEnabled: ({ jobs }) => jobs.running !== undefined,
    run: cancelPicture,
  },
  {
    id: 'seed.new',
    label: 'command.newSeed',
    group: 'generate',
    shortcuts: [],
    icon: 'dice-five',
    run: ({ document }) => {
      document.change(withSetup(document.current, { seed: randomSeed() }), 'change.seed')
    },
  },
  {
    id: 'variation.grid',
    label: 'command.variationGrid',
    group: 'generate',
    shortcuts: [],
    icon: 'squares-four',
    isEnabled: canDraw,
    run: ({ view }) => {
      view.isGridOpen = true
    },
  },
  {
    id: 'variation.more',
    label: 'command.moreLikeThis',
    group: 'generate',
    shortcuts: ['shift+KeyG'],
    place: 'canvas',
    icon: 'copy',
    isEnabled: (studio) => canDraw(studio) && hasResult(studio),
    run: moreLikeThis,
  },
  {
    id: 'prompt.previous',
    label: 'command.previousPrompt',
    group: 'edit',
    shortcuts: ['alt+ArrowUp'],
    worksWhileTyping: true,
    place: 'canvas',
    isEnabled: () => promptHistory().length > 0,
    run: (studio) => {
      walkPrompts(studio, 1)
    },
  },
  {
    id: 'prompt.next',
    label: 'command.nextPrompt',
    group: 'edit',
    shortcuts: ['alt+ArrowDown'],
    worksWhileTyping: true,
    place: 'canvas',
    isEnabled: () => promptHistory().length > 0,
    run: (studio) => {
      walkPrompts(studio, -1)
    },
  },
]

function walkPrompts({ document }: StudioState, by: 1 | -1): void {
  const prompts = promptHistory()
  const prompt = prompts[prompts.indexOf(document.current.prompt) + by]
  if (prompt !== undefined) document.change({ ...document.current, prompt }, 'change.prompt')
}

export const documentCommands: readonly Command[] = [
  { id: 'document.new', label: 'command.newDocument', group: 'document', shortcuts: ['alt+KeyN'], icon: 'plus', run: newDocument },
  ...samples.map((sample): Command => ({
    id: `sample.${sample.id}`,
    label: sample.name,
    group: 'document',
    shortcuts: [],
    icon: 'file-image',
    run: (studio) => openSample(studio, sample),
  })),
  {
    id: 'edit.undo',
    label: 'command.undo',
    group: 'edit',
    shortcuts: ['mod+KeyZ'],
    worksWhileTyping: true,
    icon: 'arrow-u-up-left',
    isEnabled: ({ document }) => document.canUndo,
    run: ({ document }) => document.undo(),
  },
  {
    id: 'edit.redo',
    label: 'command.redo',
    group: 'edit',
    shortcuts: ['mod+shift+KeyZ', 'mod+KeyY'],
    worksWhileTyping: true,
    icon: 'arrow-u-up-right',
    isEnabled: ({ document }) => document.canRedo,
    run: ({ document }) => document.redo(),
  },
]

export const regionCommands: readonly Command[] = [
  {
    id: 'region.new',
    label: 'command.newRegion',
    group: 'regions',
    shortcuts: ['KeyN'],
    place: 'canvas',
    icon: 'plus',
    run: (studio) => {
      addRegion(studio)
    },
  },
  {
    id: 'region.newFromWords',
    label: 'command.newRegionFromWords',
    group: 'regions',
    shortcuts: ['shift+KeyN', 'mod+KeyL'],
    place: 'canvas',
    worksWhileTyping: true,
    icon: 'link-simple',
    isEnabled: ({ view }) => view.selectedWords !== '',
    run: (studio) => {
      addRegion(studio, studio.view.selectedWords)
    },
  },
  {
    id: 'region.invert',
    label: 'command.invertRegion',
    group: 'regions',
    shortcuts: ['shift+KeyV'],
    place: 'canvas',
    isEnabled: ({ view }) => view.regionId !== null,
    run: invertRegion,
  },
  {
    id: 'region.remove',
    label: 'command.remove',
    group: 'regions',
    shortcuts: ['Delete', 'Backspace'],
    place: 'canvas',
    icon: 'trash',
    isEnabled: ({ view }) => view.regionId !== null || view.layerId !== null,
    run: (studio) => {
      if (studio.view.layerId !== null) removeLayer(studio, studio.view.layerId)
      else removeRegion(studio, studio.view.regionId)
    },
  },
  ...Array.from({ length: 9 }, (_, i): Command => ({
    id: `region.choose${i + 1}`,
    label: `command.region${i + 1}` as MessageKey, // nine sentences of the same form
    group: 'regions',
    shortcuts: [`Digit${i + 1}`],
    place: 'canvas',
    isEnabled: ({ document }) => document.current.regions.length > i,
    run: ({ document, view }) => {
      view.regionId = document.current.regions[i]?.id ?? view.regionId
      view.layerId = null
    },
  })),
]

export const resultCommands: readonly Command[] = [
  { id: 'result.next', label: 'command.nextResult', group: 'results', shortcuts: ['ArrowRight', 'ArrowDown'], place: 'canvas', icon: 'arrow-right', isEnabled: ({ results }) => results.images.length > 0, run: ({ results }) => { results.walk(1) } },
  { id: 'result.previous', label: 'command.previousResult', group: 'results', shortcuts: ['ArrowLeft', 'ArrowUp'], place: 'canvas', icon: 'arrow-left', isEnabled: ({ results }) => results.images.length > 0, run: ({ results }) => { results.walk(-1) } },
  { id: 'result.keep', label: 'command.keep', group: 'results', shortcuts: ['Enter'], place: 'canvas', icon: 'check', isEnabled: hasResult, run: keepResult },
  { id: 'result.discard', label: 'command.discard', group: 'results', shortcuts: ['shift+Delete'], place: 'canvas', icon: 'x', isEnabled: hasResult, run: discardResult },
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
    isEnabled: ({ results }) => results.shown !== null && results.images.length > 1,
    run: ({ view }) => {
      view.compare = view.compare === 'off' ? 'slider' : 'off'
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

export const viewCommands: readonly Command[] = [
  { id: 'view.fit', label: 'command.fit', group: 'view', shortcuts: ['mod+Digit0'], icon: 'corners-out', worksWhileTyping: true, run: fitPaper },
  { id: 'view.full', label: 'command.zoom100', group: 'view', shortcuts: ['mod+Digit1'], worksWhileTyping: true, run: (studio) => { showAt(studio, 1) } },
  { id: 'view.double', label: 'command.zoom200', group: 'view', shortcuts: ['mod+Digit2'], worksWhileTyping: true, run: (studio) => { showAt(studio, 2) } },
  { id: 'view.zoomIn', label: 'command.zoomIn', group: 'view', shortcuts: ['mod+Equal'], worksWhileTyping: true, icon: 'plus', run: (studio) => { zoomBy(studio, 1.25) } },
  { id: 'view.zoomOut', label: 'command.zoomOut', group: 'view', shortcuts: ['mod+Minus'], worksWhileTyping: true, icon: 'minus', run: (studio) => { zoomBy(studio, 0.8) } },
  { id: 'view.pixels', label: 'command.showPixels', group: 'view', shortcuts: [], run: ({ view }) => { view.showsPixels = !view.showsPixels } },
  { id: 'brush.smaller', label: 'command.brushSmaller', group: 'tools', shortcuts: ['BracketLeft'], place: 'canvas', run: ({ view }) => { view.setBrush({ size: Math.max(1, Math.round(view.brush.size / 1.15)) }) } },
  { id: 'brush.larger', label: 'command.brushLarger', group: 'tools', shortcuts: ['BracketRight'], place: 'canvas', run: ({ view }) => { view.setBrush({ size: Math.min(1000, Math.max(view.brush.size + 1, Math.round(view.brush.size * 1.15))) }) } },
  { id: 'brush.mode', label: 'command.brushMode', group: 'tools', shortcuts: ['KeyX'], place: 'canvas', run: ({ view }) => { view.mode = view.mode === 'add' ? 'remove' : 'add' } },
  { id: 'view.liftPaper', label: 'command.liftPaper', group: 'view', shortcuts: ['KeyT'], place: 'canvas', isHeld: true, run: ({ view }) => { view.isPaperLifted = true }, release: ({ view }) => { view.isPaperLifted = false } },
  { id: 'view.tracing', label: 'command.pictureOrSketch', group: 'view', shortcuts: ['KeyQ'], place: 'canvas', run: ({ view }) => { view.tracing = view.tracing > 12 ? 12 : 66 } },
  { id: 'view.side', label: 'command.toggleSide', group: 'view', shortcuts: ['mod+Backslash'], worksWhileTyping: true, run: ({ view }) => { view.isSideOpen = !view.isSideOpen } },
]
