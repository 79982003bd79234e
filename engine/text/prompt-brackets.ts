import { space } from './python-text.ts'

/** A pair of brackets that A1111's schedule grammar takes as one, with what stands between them. */
export interface BracketPair {
  readonly kind: 'emphasis' | 'switch' | 'alternate'
  /** Unit of the opening and of the closing bracket. */
  readonly open: number
  readonly close: number
  /** Units of the `:` or `|` that divide it, not those of brackets inside. */
  readonly dividers: readonly number[]
}

/** The pairs of a prompt, inner ones first; undefined where the grammar takes nothing of the prompt. */
export type BracketPairs = readonly BracketPair[] | undefined

interface OpenBracket {
  readonly letter: string
  readonly at: number
  readonly colons: number[]
  readonly strokes: number[]
  /** Whether everything inside so far is a prompt of its own. */
  isSound: boolean
}

/**
 * Finds the brackets that A1111's grammar of prompt editing recognises. A bracket that is not closed, or holds something
 * the grammar does not take, is plain text, and what lies inside it is read as if it were not there. An upright stroke
 * outside of every alternation, or a backslash before a line's or the prompt's end, makes the whole prompt plain text.
 *
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `prompt_parser.py`, schedule_parser (an Earley grammar; here in one
 *   pass, since a bracket can only close in one place)
 */
export function findBracketPairs(prompt: string): BracketPairs {
  const pairs: BracketPair[] = []
  let open: OpenBracket[] = []
  for (let at = 0; at < prompt.length; at++) {
    const letter = prompt.charAt(at)
    const inside = open.at(-1)
    if (letter === '\\') {
      at++
      if (at >= prompt.length || prompt.charAt(at) === '\n') return undefined
    } else if (letter === '[' || letter === '(') open.push({ letter, at, colons: [], strokes: [], isSound: true })
    else if (letter === ':') inside?.colons.push(at)
    else if (letter === '|') {
      if (inside === undefined) return undefined
      inside.strokes.push(at)
    } else if ((letter === ']' || letter === ')') && inside !== undefined) {
      if (inside.letter !== (letter === ']' ? '[' : '(')) {
        // Every open bracket would have to hold this one, which nothing inside it opened.
        if (hasStroke(open)) return undefined
        open = []
        continue
      }
      open.pop()
      const pair = inside.isSound ? pairOf(prompt, inside, at) : undefined
      if (pair !== undefined) pairs.push(pair)
      else {
        if (hasStroke([inside])) return undefined
        const outer = open.at(-1)
        if (outer !== undefined) outer.isSound = false
      }
    }
  }
  return hasStroke(open) ? undefined : pairs
}

const hasStroke = (brackets: readonly OpenBracket[]): boolean => brackets.some(({ strokes }) => strokes.length > 0)

/** SIGNED_NUMBER of the grammar, with white space around it. */
const switchTime = new RegExp(`^${space}*[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?${space}*$`, 'u')

function pairOf(prompt: string, bracket: OpenBracket, close: number): BracketPair | undefined {
  const { letter, at: open, colons, strokes } = bracket
  if (letter === '(')
    return strokes.length > 0 || colons.length > 1 ? undefined : { kind: 'emphasis', open, close, dividers: colons }
  if (strokes.length > 0) return colons.length > 0 ? undefined : { kind: 'alternate', open, close, dividers: strokes }
  if (colons.length === 0) return { kind: 'emphasis', open, close, dividers: [] }
  const time = prompt.slice((colons.at(-1) ?? 0) + 1, close)
  return colons.length > 2 || !switchTime.test(time) ? undefined : { kind: 'switch', open, close, dividers: colons }
}
