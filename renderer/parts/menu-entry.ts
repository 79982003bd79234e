/** One line of a menu. */
export interface MenuEntry {
  readonly id: string
  readonly label: string
  readonly icon?: string
  readonly keys?: string
  readonly isChecked?: boolean
  readonly isDisabled?: boolean
  readonly startsGroup?: boolean
  readonly run: () => void
}
