import type { PromptReading, PromptStyle, Wildcard } from '../../engine/contract/prompt-records.ts'
import type { ServiceLink } from '../connection/service-link.ts'

/** What a model makes of the sentence, and the text that it was read from. */
export interface ReadSentence {
  readonly text: string
  readonly prompt: PromptReading
  readonly negative: PromptReading
}

export interface Sentence {
  readonly model: string | null
  readonly prompt: string
  readonly negative: string
}

/** Whoever types is read when the hands rest this long. */
const restMs = 200

/** How the model reads the sentence, and the pieces and lists that sentences are made of. */
export class PromptsState {
  readonly #link: ServiceLink
  #wait: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  reading: ReadSentence | null = $state.raw(null)
  styles: readonly PromptStyle[] = $state.raw([])
  wildcards: readonly Wildcard[] = $state.raw([])

  constructor(link: ServiceLink) {
    this.#link = link
    link.on('styles.changed', () => void this.loadStyles().catch(() => undefined))
    link.on('wildcards.changed', () => void this.loadWildcards().catch(() => undefined))
  }

  async loadStyles(): Promise<void> {
    this.styles = await this.#link.ask('styles.list', {})
  }

  async loadWildcards(): Promise<void> {
    this.wildcards = await this.#link.ask('wildcards.list', {})
  }

  /** Has the sentence read, unless it changes again at once; what comes late is dropped. */
  read(sentence: Sentence): void {
    clearTimeout(this.#wait)
    const turn = ++this.#asked
    this.#wait = setTimeout(() => void this.#read(sentence, turn), restMs)
  }

  async #read({ model, prompt, negative }: Sentence, turn: number): Promise<void> {
    try {
      const read = await this.#link.ask('prompts.read', { ...(model !== null && { model }), prompt, negative })
      if (turn === this.#asked) this.reading = { text: prompt, ...read }
    } catch {
      // A prompt that cannot be read says so when it is drawn; until then nothing is known of it.
      if (turn === this.#asked) this.reading = null
    }
  }
}
