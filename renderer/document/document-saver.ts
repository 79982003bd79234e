import type { Json } from '../../engine/contract/document-records.ts'
import type { Ask } from '../connection/service-link.ts'
import { findEdits } from './json-edits.ts'
import { type MaskStore, storeDocument } from './stored-document.ts'
import type { StudioDocument } from './studio-document.ts'

export type SaveState = 'saved' | 'saving' | 'waiting'

export interface SaverParts {
  readonly ask: Ask
  readonly masks: MaskStore
  /** Resolves when the service can be reached again. */
  readonly whenOnline: () => Promise<void>
  readonly isConnectionLoss: (error: unknown) => boolean
  readonly onState: (state: SaveState) => void
  /** The service refused a step: the window no longer knows how the document stands. */
  readonly onRefused: (error: unknown) => void
}

/**
 * Brings every step of the history to the service, one after the other and none left out: a lost connection only
 * delays them.
 */
export class DocumentSaver {
  readonly #parts: SaverParts
  readonly id: number
  #sequence: number
  #stored: Json
  #last: Promise<unknown> = Promise.resolve()
  #open = 0

  constructor(id: number, sequence: number, stored: Json, parts: SaverParts) {
    this.id = id
    this.#sequence = sequence
    this.#stored = stored
    this.#parts = parts
  }

  /** How many steps the service has applied. */
  get sequence(): number {
    return this.#sequence
  }

  get isBusy(): boolean {
    return this.#open > 0
  }

  append(label: string, document: StudioDocument): Promise<void> {
    return this.#queue(async () => {
      const json = await storeDocument(document, this.#parts.masks)
      const edits = findEdits(this.#stored, json)
      const { sequence } = await this.#parts.ask('documents.append', {
        id: this.id,
        sequence: this.#sequence,
        label,
        // A step that changes nothing stored is a step all the same: window and service count alike.
        edits: edits.length > 0 ? [...edits] : [{ kind: 'set', path: ['version'], value: 1 }],
      })
      this.#sequence = sequence
      this.#stored = json
    })
  }

  /** Goes a step back or forth. @returns the document as it then stands */
  step(direction: 'undo' | 'redo'): Promise<Json> {
    return this.#queue(async () => {
      const at = { id: this.id, sequence: this.#sequence }
      const { sequence, state } = await this.#parts.ask(`documents.${direction}`, at)
      this.#sequence = sequence
      this.#stored = state
      return state
    })
  }

  /** Tells the library what the document is called. */
  rename(name: string): Promise<void> {
    return this.#queue(async () => {
      await this.#parts.ask('documents.rename', { id: this.id, name })
    })
  }

  /** Resolves when everything asked so far is done. */
  async settle(): Promise<void> {
    await this.#last.catch(() => undefined)
  }

  #queue<Result>(step: () => Promise<Result>): Promise<Result> {
    this.#open++
    this.#parts.onState('saving')
    const run = this.#last.then(() => this.#persist(step))
    this.#last = run.then(
      () => this.#done(),
      (error: unknown) => {
        this.#done()
        this.#parts.onRefused(error)
      },
    )
    return run
  }

  async #persist<Result>(step: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await step()
      } catch (error) {
        if (!this.#parts.isConnectionLoss(error)) throw error
        this.#parts.onState('waiting')
        await this.#parts.whenOnline()
      }
    }
  }

  #done(): void {
    this.#open--
    if (this.#open === 0) this.#parts.onState('saved')
  }
}
