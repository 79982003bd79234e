import type { Conditioning, Machine, TextState, TextTower } from '../machine/machine.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { clipTokenizer, type ClipTokenizer, type Token } from '../text/clip-tokenizer.ts'

/** A prompt as the network gets it, and what became of it on the way. */
export interface EncodedPrompt {
  readonly conditioning: Omit<Conditioning, 'timeIds'>
  readonly report: PromptReport
}

export interface PromptReport {
  /** Tokens of the prompt without start and end. */
  readonly tokens: number
  /** Tokens that fit. */
  readonly room: number
  /** The part of the prompt that did not fit; empty when all of it did. */
  readonly truncated: string
  /** Words that the model was never taught, where that is known. */
  readonly unknownWords: readonly string[]
}

export type PromptEncoder = (prompt: string, clipSkip?: number) => Promise<EncodedPrompt>

/**
 * Encodes prompts for one machine; its tokenizers are built once, at the first prompt.
 */
export const promptEncoder = (machine: Machine): PromptEncoder => {
  const { towers, knownWords, hasAddedConditions } = machine.traits
  const words = knownWords === null ? null : new Set(knownWords)
  const tokenizers = new Map<TextTower, ClipTokenizer>()
  const tokenize = (tower: TextTower, prompt: string): readonly Token[] => {
    const tokenizer = tokenizers.get(tower) ?? clipTokenizer(tower)
    tokenizers.set(tower, tokenizer)
    return tokenizer.encode(prompt)
  }
  return async (prompt, clipSkip) => {
    const encoded = []
    for (const [index, tower] of towers.entries()) {
      const ids = rowOfIds(tower, tokenize(tower, prompt))
      encoded.push(await machine.encodeText({ tower: index, ids: [ids], state: stateOf(tower, clipSkip) }))
    }
    const context = sideBySide(encoded.map(({ states }) => states))
    const pooled = encoded.at(-1)?.pooled
    const conditioning = hasAddedConditions && pooled !== undefined ? { context, pooled } : { context }
    const [first] = towers
    const tokens = first === undefined ? [] : tokenize(first, prompt)
    return { conditioning, report: reportOn(prompt, tokens, (first?.maxTokens ?? 2) - 2, words) }
  }
}

/** Clip skip n takes the n-th state from the end: 1 is the last. */
const stateOf = ({ state }: TextTower, clipSkip: number | undefined): TextState =>
  clipSkip === undefined ? state : { ...state, layersFromEnd: clipSkip - 1 }

/** Start token, as many tokens as fit, end token, padding. */
const rowOfIds = ({ startId, endId, padId, maxTokens }: TextTower, tokens: readonly Token[]): number[] => {
  const row = [startId, ...tokens.slice(0, maxTokens - 2).map(({ id }) => id), endId]
  return [...row, ...Array<number>(maxTokens - row.length).fill(padId)]
}

const reportOn = (
  prompt: string,
  tokens: readonly Token[],
  room: number,
  known: ReadonlySet<string> | null,
): PromptReport => {
  const firstCut = tokens[room]
  const words = prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return {
    tokens: tokens.length,
    room,
    truncated: firstCut === undefined ? '' : prompt.slice(firstCut.start),
    unknownWords: known === null ? [] : [...new Set(words.filter((word) => !known.has(word)))],
  }
}

/** States of several towers [1, N, C1], [1, N, C2] → [1, N, C1 + C2]. */
const sideBySide = (states: readonly NdArray[]): NdArray => {
  const [first] = states
  if (first === undefined || states.length === 1) return first ?? { shape: [1, 0, 0], data: new Float32Array(0) }
  const tokens = first.shape[1] ?? 0
  const widths = states.map(({ shape }) => shape[2] ?? 0)
  const total = widths.reduce((sum, width) => sum + width, 0)
  const data = new Float32Array(tokens * total)
  let column = 0
  for (const [i, { data: source }] of states.entries()) {
    const width = widths[i] ?? 0
    for (let token = 0; token < tokens; token += 1) {
      data.set(source.subarray(token * width, (token + 1) * width), token * total + column)
    }
    column += width
  }
  return { shape: [1, tokens, total], data }
}
