import type { BrushOptions, PenPoint } from '../canvas/brush.ts'
import type { Camera } from '../canvas/camera.ts'
import type { FillGround } from '../canvas/flood-fill.ts'
import type { Point, Rect } from '../canvas/geometry.ts'
import type { PaintMode, Stroke } from '../canvas/stroke.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import type { TilePool } from '../canvas/tile-pool.ts'
import type { StudioDocument } from '../document/studio-document.ts'
import type { MessageKey } from '../text/messages.ts'

export interface HeldKeys {
  readonly isShift: boolean
  readonly isAlt: boolean
  readonly isControl: boolean
}

/** What a tool may know when it is put down. */
export interface ToolScene {
  readonly document: StudioDocument
  /** The region being painted; null = the next stroke makes a new one. */
  readonly regionId: string | null
  /** The phrase that a new region gets, when words are selected. */
  readonly newPhrase: string
  readonly layerId: string | null
  /** The mask being painted; it goes before regions. */
  readonly maskId: string | null
  readonly camera: Camera
  readonly brush: BrushOptions
  readonly mode: PaintMode
  /** 0 … 255, for filling. */
  readonly tolerance: number
  readonly isSnapping: boolean
  /** The model's size step in picture pixels. */
  readonly sizeFactor: number
  /** Pixels of the picture that lies on the paper, for filling what looks alike; null when the paper is blank. */
  readonly readGround: () => FillGround | null
  readonly pool: TilePool
  readonly newId: () => string
}

/** What strokes can be painted on: a region, or a mask with the colour 0. */
export interface Painted {
  readonly id: string
  readonly colour: number
  readonly mask: TileMask
}

/** A new document with what was done, for the history. */
export interface DocumentChange {
  readonly document: StudioDocument
  readonly label: MessageKey
  /** The region that is being painted from now on. */
  readonly regionId?: string
  /** Whether the user should be asked what goes into the new region. */
  readonly asksPhrase?: boolean
}

/** What the overlay shows while a gesture goes on; picture pixels. */
export type GesturePreview =
  | { readonly kind: 'none' }
  | { readonly kind: 'rectangle'; readonly rect: Rect }
  | { readonly kind: 'path'; readonly points: readonly Point[] }
  | {
      readonly kind: 'frame'
      readonly rect: Rect
      /** Degrees by which it is turned about its centre. */
      readonly angle: number
      readonly guidesX: readonly number[]
      readonly guidesY: readonly number[]
    }

/** One use of a tool, from pen down to pen up. */
export interface Gesture {
  /** Reports of the pointer in picture pixels. @returns the mask pixels of the live stroke that changed */
  readonly move: (points: readonly PenPoint[], keys: HeldKeys) => Rect
  /** The pen is lifted. @returns null when nothing was done */
  readonly up: () => DocumentChange | null
  /** Leaves everything as it was before. */
  readonly cancel: () => void
  readonly preview: () => GesturePreview
  /** The stroke that is shown on top of what it paints. */
  readonly live: { readonly painted: Painted; readonly stroke: Stroke } | null
}

export const toolIds = ['brush', 'eraser', 'rectangle', 'lasso', 'fill', 'word', 'move', 'frame', 'hand'] as const
export type ToolId = (typeof toolIds)[number]

/** A tool is a function from a scene and a first point to a gesture; null = it does nothing here. */
export type Tool = (scene: ToolScene, point: PenPoint, keys: HeldKeys) => Gesture | null

export const noPreview: GesturePreview = { kind: 'none' }
