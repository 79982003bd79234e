import { searchTokens, splitSearch, writeToken, type SearchToken, type TokenName } from '../gallery/parse-search.ts'

/** What is searched for: tokens, one of a kind, and the words that are being typed. */
export class SearchText {
  tokens: readonly SearchToken[] = $state.raw([])
  typed = $state('')
  /** All of it as it would be written. */
  readonly whole = $derived(
    [...this.tokens.map(({ text }) => text), this.typed.trim()].filter((part) => part !== '').join(' '),
  )

  /** Begins anew with a whole search. */
  set(search: string): void {
    this.tokens = []
    this.type(search, { isOver: true })
  }

  /** What stands in the field now; tokens that are complete leave it. */
  type(typed: string, { isOver }: { readonly isOver: boolean }): void {
    const { tokens, rest } = splitSearch(typed, { isOver })
    this.typed = rest
    for (const token of tokens) this.#add(token)
  }

  put(name: TokenName, value: string | null): void {
    this.tokens = this.tokens.filter((token) => token.name !== name)
    const [token] = value === null ? [] : searchTokens(writeToken(name, value))
    if (token !== undefined) this.#add(token)
  }

  /** The value of a kind of token, those that are being typed included; undefined when there is none. */
  value(name: TokenName): string | undefined {
    return searchTokens(this.whole).findLast((token) => token.name === name)?.value
  }

  remove(token: SearchToken): void {
    this.tokens = this.tokens.filter((other) => other !== token)
  }

  /** Takes the last token back into the field, to be written anew. */
  takeBack(): void {
    const last = this.tokens.at(-1)
    if (last === undefined) return
    this.remove(last)
    this.typed = last.text
  }

  #add(token: SearchToken): void {
    this.tokens = [...this.tokens.filter(({ name }) => name !== token.name), token]
  }
}
