import type { Json, OpenDocument } from '../../engine/contract/document-records.ts'
import { DocumentSaver, type SaverParts, type SaveState } from '../document/document-saver.ts'
import {
  canRedo,
  canUndo,
  currentState,
  type History,
  newHistory,
  pushChange,
  redo,
  sealHistory,
  undo,
} from '../document/history.ts'
import { loadDocument } from '../document/stored-document.ts'
import { emptyDocument, type StudioDocument } from '../document/studio-document.ts'
import type { MessageKey } from '../text/messages.ts'

const mergePauseMs = 500

/** The open document: one history for strokes, words and sliders, here and in the library. */
export class DocumentState {
  readonly #parts: Omit<SaverParts, 'onState'>
  #saver: DocumentSaver | null = null
  #history: History<StudioDocument> = $state.raw(newHistory(emptyDocument({ width: 128, height: 128 })))
  #pending: ReturnType<typeof setTimeout> | null = null
  /** Steps of the service before and after those that the window knows. */
  #earlier = $state(0)
  #later = $state(0)
  id: number | null = $state(null)
  saveState: SaveState = $state('saved')
  readonly current = $derived(currentState(this.#history))
  /** What the library called it when it was opened: its name for as long as nobody gives it a title. */
  #opened = $state('')
  /** What the library calls it now. */
  #told = ''
  readonly name = $derived(this.current.title ?? this.#opened)
  readonly canUndo = $derived(canUndo(this.#history) || this.#earlier > 0)
  readonly canRedo = $derived(canRedo(this.#history) || this.#later > 0)

  constructor(parts: Omit<SaverParts, 'onState'>) {
    this.#parts = parts
  }

  /** Shows a document of the library; what was not saved of the one before is saved first. */
  async open(opened: OpenDocument): Promise<void> {
    await this.#leave()
    const document = await loadDocument(opened.state, this.#parts.masks)
    this.#saver = new DocumentSaver(opened.id, opened.sequence, opened.state, {
      ...this.#parts,
      onState: (state) => {
        // A step that is still being made is not saved yet.
        this.saveState = state === 'saved' && this.#pending !== null ? 'saving' : state
      },
    })
    // Who named it elsewhere was the last to do so.
    this.#history = newHistory({ ...document, title: document.title === null ? null : opened.name })
    this.#earlier = opened.sequence
    this.#later = opened.history.filter(({ sequence }) => sequence > opened.sequence).length
    this.id = opened.id
    this.#opened = opened.name
    this.#told = opened.name
    this.saveState = 'saved'
  }

  /**
   * One undoable change.
   *
   * @param mergeKey changes with the same key become one step until there is a pause
   */
  change(document: StudioDocument, label: MessageKey, mergeKey: string | null = null): void {
    if (document === this.current) return
    const open = this.#history.entries[this.#history.applied - 1]
    if (this.#pending !== null && open?.mergeKey !== mergeKey) this.seal()
    this.#history = pushChange(this.#history, { label, state: document, mergeKey })
    this.#later = 0
    if (this.#pending !== null) clearTimeout(this.#pending)
    this.#pending = setTimeout(
      () => {
        this.seal()
      },
      mergeKey === null ? 0 : mergePauseMs,
    )
    if (mergeKey === null) this.seal()
    else this.saveState = 'saving'
  }

  /** Ends the step that is being made and saves it. */
  seal(): void {
    if (this.#pending === null) return
    clearTimeout(this.#pending)
    this.#pending = null
    const entry = this.#history.entries[this.#history.applied - 1]
    this.#history = sealHistory(this.#history)
    if (entry !== undefined) void this.#saver?.append(entry.label, entry.state).catch(() => undefined)
    this.#tellName()
  }

  /** The library lists documents by name, so it hears of a title that was given, undone or redone. */
  #tellName(): void {
    const { name } = this
    if (name === this.#told) return
    this.#told = name
    void this.#saver?.rename(name).catch(() => undefined)
  }

  async undo(): Promise<void> {
    this.seal()
    if (canUndo(this.#history)) {
      this.#history = undo(this.#history)
      this.#tellName()
      await this.#saver?.step('undo')
    } else if (this.#earlier > 0) await this.#stepFar('undo')
  }

  async redo(): Promise<void> {
    this.seal()
    if (canRedo(this.#history)) {
      this.#history = redo(this.#history)
      this.#tellName()
      await this.#saver?.step('redo')
    } else if (this.#later > 0) await this.#stepFar('redo')
  }

  /** Resolves when every change so far is in the library. */
  async settle(): Promise<void> {
    this.seal()
    await this.#saver?.settle()
  }

  /** Beyond what the window has seen, the library knows how the document stood. */
  async #stepFar(direction: 'undo' | 'redo'): Promise<void> {
    const state: Json | undefined = await this.#saver?.step(direction)
    if (state === undefined) return
    const by = direction === 'undo' ? 1 : -1
    this.#later += by + (direction === 'undo' ? this.#history.entries.length : 0)
    this.#earlier -= by
    this.#history = newHistory(await loadDocument(state, this.#parts.masks))
    this.#tellName()
  }

  async #leave(): Promise<void> {
    await this.settle()
  }
}
