import { EngineError } from '../contract/failures.ts'
import type { PromptStyle, PromptStyleChange } from '../contract/prompt-records.ts'
import type { LibraryDatabase } from './open-database.ts'

/** Pieces of prompts that are kept under a name. */
export class StyleStore {
  readonly #database: LibraryDatabase

  constructor(database: LibraryDatabase) {
    this.#database = database
  }

  /** By name. */
  list(): PromptStyle[] {
    return this.#database
      .prepare<[], PromptStyle>('SELECT id, name, prompt, negative FROM prompt_style ORDER BY name COLLATE NOCASE')
      .all()
  }

  /**
   * Makes a style, or changes the one of the given id.
   *
   * @throws EngineError 'conflict' when another one has the name, 'not-found' when there is none of the id
   */
  save({ id, prompt, negative, ...change }: PromptStyleChange): PromptStyle {
    const name = change.name.trim()
    const saved = this.#database.transaction(() => {
      this.#refuseTaken(name, id)
      if (id === undefined)
        return this.#database
          .prepare<[string, string, string], PromptStyle>(
            'INSERT INTO prompt_style (name, prompt, negative) VALUES (?, ?, ?) RETURNING *',
          )
          .get(name, prompt, negative)
      return this.#database
        .prepare<[string, string, string, number], PromptStyle>(
          'UPDATE prompt_style SET name = ?, prompt = ?, negative = ? WHERE id = ? RETURNING *',
        )
        .get(name, prompt, negative, id)
    })()
    if (saved === undefined) throw new EngineError('not-found', { where: 'styles', found: `no style ${id}` })
    return saved
  }

  /** What is not there is gone already. */
  remove(id: number): void {
    this.#database.prepare('DELETE FROM prompt_style WHERE id = ?').run(id)
  }

  #refuseTaken(name: string, id: number | undefined): void {
    const owner = this.#database
      .prepare<[string], { id: number }>('SELECT id FROM prompt_style WHERE name = ? COLLATE NOCASE')
      .get(name)
    if (owner === undefined || owner.id === id) return
    throw new EngineError('conflict', {
      where: 'styles',
      found: `a style called "${name}" already`,
      expected: 'a name of its own',
      remedy: 'Choose another name, or change that style.',
    })
  }
}
