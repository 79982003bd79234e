/** One line of the palette. */
export interface PaletteEntry {
  readonly id: string
  readonly group: string
  readonly text: string
  /** Said after it, more quietly. */
  readonly note?: string
  readonly icon?: string
  readonly image?: number
  readonly keys?: string
  readonly isDisabled?: boolean
  readonly run: () => void
}
