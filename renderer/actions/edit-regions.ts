import { invertMask } from '../canvas/fill-shape.ts'
import { emptyMask } from '../canvas/tile-mask.ts'
import { findRegion, maskSize, newRegion, withRegion } from '../document/studio-document.ts'
import { findPhrase } from '../prompt/find-phrase.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** A new region, named after the selected words when there are any; the next stroke paints it. */
export function addRegion(studio: StudioState, phrase = ''): void {
  const { document, view } = studio
  const region = newRegion(document.current, crypto.randomUUID(), phrase)
  document.change({ ...document.current, regions: [...document.current.regions, region] }, 'change.newRegion')
  view.hold('region', region.id)
  view.askingPhrase = phrase === '' ? region.id : null
  if (!view.isPainting) view.choose('brush')
}

export function removeRegion(studio: StudioState, id: string | null): void {
  const { document, view } = studio
  const at = document.current.regions.findIndex((region) => region.id === id)
  if (at < 0) return
  const regions = document.current.regions.toSpliced(at, 1)
  document.change({ ...document.current, regions }, 'change.removeRegion')
  view.regionId = regions[Math.min(at, regions.length - 1)]?.id ?? null
  if (view.askingPhrase === id) view.askingPhrase = null
}

export function removeLayer(studio: StudioState, id: string): void {
  const { document, view } = studio
  if (!document.current.layers.some((layer) => layer.id === id)) return
  document.change(
    { ...document.current, layers: document.current.layers.filter((layer) => layer.id !== id) },
    'change.removeLayer',
  )
  view.layerId = null
}

export function invertRegion(studio: StudioState): void {
  const { document, view } = studio
  const region = findRegion(document.current, view.regionId)
  if (region === undefined || region.isLocked) return
  document.change(withRegion(document.current, region.id, { mask: invertMask(region.mask) }), 'change.invert')
}

export function clearRegion(studio: StudioState, id: string): void {
  const { document } = studio
  const { width, height } = maskSize(document.current)
  document.change(withRegion(document.current, id, { mask: emptyMask(width, height) }), 'change.erase')
}

/** Hides every other region, or shows all when only this one is visible. */
export function soloRegion(studio: StudioState, id: string): void {
  const { document } = studio
  const { regions } = document.current
  const isSolo = regions.every((region) => region.isVisible === (region.id === id))
  const changed = regions.map((region) => ({ ...region, isVisible: isSolo || region.id === id }))
  document.change({ ...document.current, regions: changed }, 'change.visible')
}

export const isInPrompt = (prompt: string, phrase: string): boolean => findPhrase(prompt, phrase).length > 0

/** Gives the region its words; words that the prompt does not have are added to it when asked. */
export function nameRegion(studio: StudioState, id: string, phrase: string, addsToPrompt: boolean): void {
  const { document } = studio
  const named = withRegion(document.current, id, { phrase: phrase.trim(), occurrence: 0 })
  const { prompt } = named
  const isMissing = phrase.trim() !== '' && !isInPrompt(prompt, phrase)
  const joined =
    prompt.trim() === '' ? `a ${phrase.trim()}` : `${prompt.trimEnd().replace(/,$/, '')}, a ${phrase.trim()}`
  document.change(isMissing && addsToPrompt ? { ...named, prompt: joined } : named, 'change.phrase', `phrase ${id}`)
}
