import type { HeatPalette } from '../alignment/heat-palettes.ts'
import { defaultBrush, type BrushOptions } from '../canvas/brush.ts'
import type { Camera } from '../canvas/camera.ts'
import type { Size } from '../canvas/geometry.ts'
import type { PaintMode } from '../canvas/stroke.ts'
import type { ToolId } from '../tools/tool.ts'

export const workspaces = ['canvas', 'gallery', 'models', 'settings'] as const
export type Workspace = (typeof workspaces)[number]
export const settingsParts = [
  'settings.appearance',
  'settings.canvas',
  'settings.generating',
  'settings.device',
  'settings.library',
  'settings.privacy',
  'settings.keys',
  'settings.about',
] as const
export type SettingsPart = (typeof settingsParts)[number]
export const sideTabs = ['layers', 'setup', 'alignment'] as const
export type SideTab = (typeof sideTabs)[number]
export type PromptShelf = 'history' | 'styles' | 'wildcards'
export type CompareMode = 'off' | 'slider' | 'side' | 'flicker' | 'grid'

const paintTools: readonly ToolId[] = ['brush', 'eraser', 'rectangle', 'lasso', 'fill']

/** Where the user looks and what is in hand. Not part of the document, and not undone. */
export class ViewState {
  workspace: Workspace = $state('canvas')
  /** The part of the settings to go to as soon as they are shown. */
  settingsPart: SettingsPart | null = $state(null)
  sideTab: SideTab = $state('layers')
  isSideOpen = $state(true)
  tool: ToolId = $state('brush')
  /** The tool to go back to when a held key is let go. */
  heldOver: ToolId | null = $state(null)
  brush: BrushOptions = $state.raw(defaultBrush)
  mode: PaintMode = $state('add')
  tolerance = $state(32)
  isSnapping = $state(true)
  camera: Camera = $state.raw({ x: 0, y: 0, zoom: 1 })
  view: Size = $state.raw({ width: 0, height: 0 })
  /** False once the user moved the paper: then it no longer follows the window's size. */
  isFitted = $state(true)
  /** One place of the slider for painting and one for looking. */
  tracings: { readonly painting: number; readonly looking: number } = $state.raw({ painting: 66, looking: 12 })
  isPaperLifted = $state(false)
  regionId: string | null = $state(null)
  layerId: string | null = $state(null)
  maskId: string | null = $state(null)
  /** The region whose phrase is asked for on the canvas. */
  askingPhrase: string | null = $state(null)
  /** The region, mask or layer whose name is being written in its row. */
  renaming: string | null = $state(null)
  isPaletteOpen = $state(false)
  isQueueOpen = $state(false)
  isGridOpen = $state(false)
  isDocumentsOpen = $state(false)
  /** The shelf of prompts that is open. */
  shelf: PromptShelf | null = $state(null)
  isWelcomeOpen = $state(false)
  isGesture = $state(false)
  compare: CompareMode = $state('off')
  compareShare = $state(0.5)
  isFlickerOn = $state(false)
  /** Words whose heat map lies over the picture. */
  heatWord: string | null = $state(null)
  /** The word under the pointer, whose heat map shows for as long as it is there. */
  peekWord: string | null = $state(null)
  /** Opacity of the heat map, 0 … 1, and the heat at which its edge is drawn. */
  heatStrength = $state(0.85)
  heatEdge = $state(0.5)
  isWeakestFirst = $state(false)
  heatPalette: HeatPalette = $state('ember')
  selectedWords = $state('')
  wordAtCaret = $state('')
  /** Files that wait for the choice of what becomes of them. */
  dropped: readonly File[] = $state.raw([])
  showsPixels = $state(false)
  /** Cell of the keyboard's painter on the snap grid. */
  cell: { readonly column: number; readonly row: number } | null = $state.raw(null)
  readonly isPainting = $derived(paintTools.includes(this.tool))

  /** 0 picture only … 100 plan only. */
  get tracing(): number {
    if (this.isPaperLifted) return 0
    return this.isPainting ? this.tracings.painting : this.tracings.looking
  }

  set tracing(value: number) {
    this.tracings = { ...this.tracings, [this.isPainting ? 'painting' : 'looking']: value }
  }

  /** One thing is in hand at a time; null = nothing, and the next stroke makes a region. */
  hold(thing: 'region' | 'layer' | 'mask', id: string | null): void {
    this.regionId = thing === 'region' ? id : null
    this.layerId = thing === 'layer' ? id : null
    this.maskId = thing === 'mask' ? id : null
  }

  setBrush(change: Partial<BrushOptions>): void {
    this.brush = { ...this.brush, ...change }
  }

  /** Counts the brush's size in other pixels; on the screen it stays as large as it is. */
  countBrushIn(sizeUnit: BrushOptions['sizeUnit']): void {
    if (sizeUnit === this.brush.sizeUnit) return
    const size = sizeUnit === 'screen' ? this.brush.size * this.camera.zoom : this.brush.size / this.camera.zoom
    this.setBrush({ sizeUnit, size: Math.min(1000, Math.max(1, Math.round(size))) })
  }

  choose(tool: ToolId): void {
    this.tool = tool
    this.heldOver = null
  }
}
