import { emptyMask, type TileMask } from '../canvas/tile-mask.ts'
import type { Rect, Size } from '../canvas/geometry.ts'
import type { GuidanceKind, LoraUse, SteeringKind } from '../../engine/contract/records.ts'

/** A painted area and the words that shall appear there. */
export interface Region {
  readonly id: string
  /** 1 … 12: its colour, its hatching and, until it wraps, its number. */
  readonly colour: number
  readonly phrase: string
  /** Which of several equal phrases in the prompt, from 0. */
  readonly occurrence: number
  readonly strength: number
  /** Share of the steps at which guiding begins and ends; null = as the method has it. */
  readonly from: number
  readonly to: number | null
  /** How strongly its colour lies over the picture, 0 … 1; only seen, no part of what is generated. */
  readonly opacity: number
  readonly isVisible: boolean
  readonly isLocked: boolean
  readonly mask: TileMask
}

/** A painted area, with no words of its own, in which a picture that starts from another may change. */
export interface EditMask {
  readonly id: string
  readonly name: string
  readonly mask: TileMask
  /** How much of the change shows inside, 0 … 1. */
  readonly opacity: number
  /** Width of the soft edge, which lies inside, in pixels of the picture. */
  readonly feather: number
  readonly isVisible: boolean
  readonly isLocked: boolean
}

export const blendModes = ['normal', 'multiply', 'screen', 'overlay'] as const
export type BlendMode = (typeof blendModes)[number]

/** A picture of the library that lies on the paper. */
export interface Layer {
  readonly id: string
  readonly name: string
  /** Id of the picture in the library. */
  readonly image: number
  readonly opacity: number
  readonly blend: BlendMode
  readonly isVisible: boolean
  readonly isLocked: boolean
  /** Where it lies, in pixels of the document. */
  readonly place: Rect
  /** Degrees by which it is turned about the middle of its place, clockwise. */
  readonly angle: number
  /** Left and right changed. */
  readonly isFlipped: boolean
}

/** Everything about a run that is not the prompt or the regions. Absent numbers are the model's choice. */
export interface Setup {
  /** Library id of the model; null = the bundled one. */
  readonly model: string | null
  /** Library id of a VAE in place of the model's own; null = its own. */
  readonly vae: string | null
  readonly steps: number
  readonly cfgScale: number
  readonly sampler: string
  readonly schedule: string
  /** null = another one each time. */
  readonly seed: string | null
  readonly count: number
  readonly guidance: GuidanceKind
  readonly guidanceRescale: number
  readonly steering: SteeringKind
  /** Factor for the weight of phrases that a finished picture does not show, which is then drawn again; 1 = never. */
  readonly reweigh: number
  readonly clipSkip: number | null
  readonly eta: number | null
  readonly variationSeed: string | null
  readonly variationStrength: number
  /** Start from the layers that are visible: 0 keeps them, 1 forgets them; null = from noise alone. */
  readonly startStrength: number | null
  /** Which layer it starts from. */
  readonly startImage: number | null
  readonly loras: readonly LoraUse[]
}

export interface StudioDocument extends Size {
  /** Its name; null = as the library calls it. */
  readonly title: string | null
  readonly prompt: string
  readonly negative: string
  readonly regions: readonly Region[]
  readonly masks: readonly EditMask[]
  readonly layers: readonly Layer[]
  readonly setup: Setup
}

export const defaultSetup: Setup = {
  model: null,
  vae: null,
  steps: 20,
  cfgScale: 5,
  sampler: 'ddim',
  schedule: 'automatic',
  seed: null,
  count: 4,
  guidance: 'cfg',
  guidanceRescale: 0,
  steering: 'both',
  reweigh: 1,
  clipSkip: null,
  eta: null,
  variationSeed: null,
  variationStrength: 0,
  startStrength: null,
  startImage: null,
  loras: [],
}

export const emptyDocument = (size: Size): StudioDocument => ({
  ...size,
  title: null,
  prompt: '',
  negative: '',
  regions: [],
  masks: [],
  layers: [],
  setup: defaultSetup,
})

/** Small documents are painted finer than their pixels, so that edges stay smooth on the screen. */
export function maskSize({ width, height }: Size): Size {
  const scale = maskScale({ width, height })
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** Mask pixels per picture pixel: a power of two that brings the longer side to 1024 or more. */
export const maskScale = ({ width, height }: Size): number =>
  2 ** Math.max(0, Math.ceil(Math.log2(1024 / Math.max(width, height))))

/** The colours that a new region gets, in order; from 13 on they repeat. */
export const regionColours = 12

/** A region with nothing painted yet; its colour is the first that is free. */
export function newRegion(document: StudioDocument, id: string, phrase: string): Region {
  const used = new Set(document.regions.map(({ colour }) => colour))
  const free = Array.from({ length: regionColours }, (_, i) => i + 1).find((colour) => !used.has(colour))
  const size = maskSize(document)
  return {
    id,
    colour: free ?? (document.regions.length % regionColours) + 1,
    phrase,
    occurrence: 0,
    strength: 1,
    from: 0,
    to: null,
    opacity: 1,
    isVisible: true,
    isLocked: false,
    mask: emptyMask(size.width, size.height),
  }
}

export const findRegion = (document: StudioDocument, id: string | null): Region | undefined =>
  document.regions.find((region) => region.id === id)

/** The number that stands on a region: its place in the list, from 1. */
export const regionNumber = (document: StudioDocument, id: string): number =>
  document.regions.findIndex((region) => region.id === id) + 1

export const withRegion = (document: StudioDocument, id: string, change: Partial<Region>): StudioDocument => ({
  ...document,
  regions: document.regions.map((region) => (region.id === id ? { ...region, ...change } : region)),
})

export const withLayer = (document: StudioDocument, id: string, change: Partial<Layer>): StudioDocument => ({
  ...document,
  layers: document.layers.map((layer) => (layer.id === id ? { ...layer, ...change } : layer)),
})

export const withSetup = (document: StudioDocument, change: Partial<Setup>): StudioDocument => ({
  ...document,
  setup: { ...document.setup, ...change },
})

/** The list with one item put at another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const item = items[from]
  if (item === undefined) return items
  const rest = items.toSpliced(from, 1)
  return rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, item)
}
