/** A part of the prompt that its author gave more or less weight, as A1111 writes it. */
export interface WeightedSpan {
  readonly from: number
  readonly to: number
  /** Where the words themselves are, without brackets and number. */
  readonly innerFrom: number
  readonly innerTo: number
  readonly weight: number
}

/** Syntax that means something: `BREAK`, `AND`, `<lora:name:0.8>`, `[a:b:0.5]`, `{a|b}`, `__list__`. */
export interface PromptMark {
  readonly from: number
  readonly to: number
  readonly kind: 'break' | 'and' | 'lora' | 'schedule' | 'variants' | 'list'
}

export interface ParsedPrompt {
  readonly weights: readonly WeightedSpan[]
  readonly marks: readonly PromptMark[]
}

const numberAtEnd = /:\s*([+-]?\d+(?:\.\d+)?)\s*$/

const patterns: readonly (readonly [PromptMark['kind'], RegExp])[] = [
  ['break', /\bBREAK\b/g],
  ['and', /\bAND\b/g],
  ['lora', /<lora:[^<>]+>/g],
  ['schedule', /\[[^[\]]*:[^[\]]*:[\d.]+\]/g],
  ['variants', /\{[^{}]*\|[^{}]*\}/g],
  ['list', /__[\w-]+__/g],
]

/**
 * Finds weights and syntax; text that is not closed or not understood stays plain text.
 *
 * @source A1111 prompt_parser.py: `(x)` is 1.1, `[x]` is 1 / 1.1, `(x:1.3)` is 1.3, `\(` is a bracket; nesting multiplies
 */
export function parsePrompt(prompt: string): ParsedPrompt {
  const marks = patterns
    .flatMap(([kind, pattern]) =>
      [...prompt.matchAll(pattern)].map((match) => ({ kind, from: match.index, to: match.index + match[0].length })),
    )
    .sort((a, b) => a.from - b.from)
  return { weights: findWeights(prompt, marks), marks }
}

interface OpenBracket {
  readonly letter: '(' | '['
  readonly at: number
}

function findWeights(prompt: string, marks: readonly PromptMark[]): readonly WeightedSpan[] {
  const found: WeightedSpan[] = []
  const open: OpenBracket[] = []
  const skipped = marks.filter(({ kind }) => kind === 'schedule' || kind === 'lora')
  for (let at = 0; at < prompt.length; at++) {
    const mark = skipped.find(({ from }) => from === at)
    if (mark !== undefined) at = mark.to - 1
    const letter = prompt[at]
    if (letter === '\\') at++
    else if (letter === '(' || letter === '[') open.push({ letter, at })
    else if (letter === ')' || letter === ']') {
      const bracket = open.at(-1)
      if (bracket?.letter !== (letter === ')' ? '(' : '[')) continue
      open.pop()
      found.push(closeBracket(prompt, bracket, at))
    }
  }
  return found.sort((a, b) => a.from - b.from)
}

function closeBracket(prompt: string, { letter, at }: OpenBracket, end: number): WeightedSpan {
  const inner = prompt.slice(at + 1, end)
  const given = letter === '(' ? numberAtEnd.exec(inner) : null
  return {
    from: at,
    to: end + 1,
    innerFrom: at + 1,
    innerTo: given === null ? end : at + 1 + given.index,
    weight: given === null ? (letter === '(' ? 1.1 : 1 / 1.1) : Number(given[1]),
  }
}

export const weightLimits = { least: 0.5, most: 1.6, step: 0.05 } as const

export interface PromptEdit {
  readonly prompt: string
  readonly from: number
  readonly to: number
}

/** Steps the weight of the selected words (or the word at the caret), as Ctrl+Up and Ctrl+Down do. */
export function stepWeight(prompt: string, from: number, to: number, direction: 1 | -1): PromptEdit {
  const span = parsePrompt(prompt).weights.find(
    (weight) => weight.from <= from && weight.to >= to && weight.to > weight.from,
  )
  const inner = span === undefined ? wordsAt(prompt, from, to) : { from: span.innerFrom, to: span.innerTo }
  if (inner.from === inner.to) return { prompt, from, to }
  const old = span?.weight ?? 1
  const weight = Math.min(weightLimits.most, Math.max(weightLimits.least, round(old + direction * weightLimits.step)))
  const outer = span ?? { from: inner.from, to: inner.to }
  const words = prompt.slice(inner.from, inner.to)
  const written = weight === 1 ? words : `(${words}:${weight})`
  const start = weight === 1 ? outer.from : outer.from + 1
  return {
    prompt: prompt.slice(0, outer.from) + written + prompt.slice(outer.to),
    from: start,
    to: start + words.length,
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** The selected text without blanks around it, or the word at the caret. */
export function wordsAt(prompt: string, from: number, to: number): { readonly from: number; readonly to: number } {
  if (from !== to) {
    const text = prompt.slice(from, to)
    const start = from + text.length - text.trimStart().length
    return { from: start, to: Math.max(start, to - (text.length - text.trimEnd().length)) }
  }
  let start = from
  let end = to
  while (start > 0 && isWordLetter(prompt[start - 1])) start--
  while (end < prompt.length && isWordLetter(prompt[end])) end++
  return { from: start, to: end }
}

const isWordLetter = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}'’-]/u.test(letter)
