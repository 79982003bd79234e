import type { MessageKey, MessageValues } from '../text/messages.ts'

export interface Notice {
  readonly id: number
  readonly tone: 'plain' | 'warn' | 'bad'
  readonly text: MessageKey
  readonly values: MessageValues
  readonly action: { readonly label: MessageKey; readonly run: () => void } | null
}

const shownMs = 6000
const mostShown = 2

/** Short messages at the bottom of the stage; errors stay until they are closed. */
export class NoticesState {
  #lastId = 0
  all: readonly Notice[] = $state.raw([])

  show(text: MessageKey, values: MessageValues = {}, options: Partial<Pick<Notice, 'tone' | 'action'>> = {}): void {
    const notice: Notice = { id: ++this.#lastId, text, values, tone: 'plain', action: null, ...options }
    this.all = [...this.all, notice].slice(-mostShown)
    if (notice.tone !== 'bad') {
      setTimeout(() => {
        this.close(notice.id)
      }, shownMs)
    }
  }

  close(id: number): void {
    this.all = this.all.filter((notice) => notice.id !== id)
  }
}
