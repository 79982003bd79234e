import { heatMask } from '../alignment/heat-mask.ts'
import { type WordMark, wordMarks } from '../alignment/word-marks.ts'
import type { HeatGrid } from '../alignment/heat-grid.ts'
import { maskSize, newRegion, type Region, withRegion } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** What the sentence says of each word of the shown picture; none while it is not known. */
export function shownMarks({ alignment, results }: StudioState): readonly WordMark[] {
  const known = alignment.get(results.shown)
  return known === undefined ? [] : wordMarks(known)
}

/** The word whose map lies over the picture: the one under the pointer, else the pinned one. */
export const heatedWord = ({ view }: StudioState): string | null => view.peekWord ?? view.heatWord

/** The map that lies over the picture. */
export function shownHeat(studio: StudioState): HeatGrid | undefined {
  const { alignment, results, view } = studio
  return view.compare === 'off' && !view.isFlickerOn ? alignment.heat(results.shown, heatedWord(studio)) : undefined
}

/** The region that a word guides. */
export const regionOfWord = ({ document }: StudioState, word: string | null): Region | undefined =>
  word === null
    ? undefined
    : document.current.regions.find(({ phrase }) => phrase.trim().toLowerCase() === word.toLowerCase())

/** Pins a word's map over the picture, or takes it away when it lies there. */
export function pinWord(studio: StudioState, word: string | null): void {
  const { view } = studio
  view.heatWord = view.heatWord === word ? null : word
  view.peekWord = null
}

/** Pins the next word of the picture, after the last none. */
export function walkWords(studio: StudioState): void {
  const words = shownMarks(studio).map(({ word }) => word)
  const at = studio.view.heatWord === null ? -1 : words.indexOf(studio.view.heatWord)
  studio.view.heatWord = words[at + 1] ?? null
}

/** The longest word of the picture that a place of the prompt belongs to. */
export function wordAt(studio: StudioState, selected: string): string | undefined {
  const wanted = selected.trim().toLowerCase()
  const words = shownMarks(studio).map(({ word }) => word)
  return wanted === ''
    ? undefined
    : (words.find((word) => word === wanted) ?? words.find((word) => word.split(' ').includes(wanted)))
}

/** What is hotter than the edge becomes the region of these words: an undoable step. */
export function makeRegionOfHeat(studio: StudioState, word: string): void {
  const { document, view, alignment, results } = studio
  const grid = alignment.heat(results.shown, word)
  if (grid === undefined) return
  const mask = heatMask(grid, view.heatEdge, maskSize(document.current))
  const known = regionOfWord(studio, word)
  const region = known ?? newRegion(document.current, crypto.randomUUID(), word)
  const changed =
    known === undefined
      ? { ...document.current, regions: [...document.current.regions, { ...region, mask }] }
      : withRegion(document.current, known.id, { mask })
  document.change(changed, 'change.heatRegion')
  view.hold('region', region.id)
  view.heatWord = null
}
