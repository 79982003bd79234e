/** A list whose rows are put at another place by dragging them. */
export class DragOrder {
  readonly #put: (from: number, to: number) => void
  #dragged: number | null = $state(null)
  #over: number | null = $state(null)

  /** @param put called with the places, from 0, of the row and of where it was dropped */
  constructor(put: (from: number, to: number) => void) {
    this.#put = put
  }

  /** Whether the dragged row would be put at this place. */
  isAimedAt(at: number): boolean {
    return this.#over === at && this.#dragged !== null && this.#dragged !== at
  }

  begin(at: number): void {
    this.#dragged = at
  }

  aim(at: number): void {
    if (this.#dragged !== null) this.#over = at
  }

  drop(at: number): void {
    const from = this.#dragged
    this.end()
    if (from !== null && from !== at) this.#put(from, at)
  }

  end(): void {
    this.#dragged = null
    this.#over = null
  }
}
