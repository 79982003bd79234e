import type { ShellWord, ShellWords } from '../engine/contract/shell-bridge.ts'

/** English, for as long as the window has not said its language. */
const english: Readonly<Record<ShellWord, string>> = {
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  quit: 'Quit Attune',
  about: 'About Attune',
  services: 'Services',
  hide: 'Hide Attune',
  hideOthers: 'Hide Others',
  unhide: 'Show All',
  window: 'Window',
  minimize: 'Minimise',
  zoom: 'Zoom',
  front: 'Bring All to Front',
  serviceEnds: 'Attune’s service ends before it is ready. Your library is safe. Attune goes on trying to start it.',
  pageEnds: 'Attune’s window ends again and again. Your library is safe. Close Attune and start it again.',
}

const longestWord = 300
const isWord = (name: string): name is ShellWord => Object.hasOwn(english, name)

/** The words that the page gives, as far as they are words of the shell; the others stay English. */
export function readShellWords(value: unknown): Readonly<Record<ShellWord, string>> {
  if (typeof value !== 'object' || value === null) return english
  const said: ShellWords = Object.fromEntries(
    Object.entries(value).filter(
      ([name, word]) => isWord(name) && typeof word === 'string' && word !== '' && word.length <= longestWord,
    ),
  )
  return { ...english, ...said }
}

/** What the shell says, in the language that the page gave last. */
export class ShellSpeech {
  #words = readShellWords(null)

  get words(): Readonly<Record<ShellWord, string>> {
    return this.#words
  }

  learn(value: unknown): void {
    this.#words = readShellWords(value)
  }
}
