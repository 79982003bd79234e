import type { Conditioning, Machine, TextState, TextTower, TokenVector } from '../machine/machine.ts'
import { scale } from '../tensor/arithmetic.ts'
import { ndArray, type NdArray } from '../tensor/nd-array.ts'
import { applyEmphasis } from '../text/apply-emphasis.ts'
import { padChunks, type ChunkedPrompt } from '../text/chunk-prompt.ts'
import type { PromptEmbeddings } from './prompt-embeddings.ts'
import { promptReader, type PromptReader, type ReadPrompt, type ReaderOptions } from './read-prompts.ts'

/** Conditioning for some steps of a trajectory; the last one ends with the last step. */
export interface EncodedStage {
  /** Counted from 1. */
  readonly lastStep: number
  readonly conditioning: Omit<Conditioning, 'timeIds'>
}

export type EncodedPrompt = readonly EncodedStage[]

export interface EncodeOptions {
  /** Chunks that both sides of guidance are filled up to. */
  readonly chunks: number
  /** n takes the n-th state from the end; the model's own when absent. */
  readonly clipSkip?: number | undefined
  /** SDXL was trained with zeros where the negative prompt is empty. */
  readonly isNegative: boolean
}

/** Reads and encodes prompts for one machine. */
export interface PromptEncoder extends PromptReader {
  readonly encode: (prompt: ReadPrompt, options: EncodeOptions) => Promise<EncodedPrompt>
  /** The same encoder for prompts that may name textual inversions. */
  readonly withEmbeddings: (embeddings: PromptEmbeddings) => PromptEncoder
}

/** The most chunks that any stage of these prompts has. */
export const chunksOf = (...prompts: readonly ReadPrompt[]): number =>
  Math.max(
    ...prompts.flatMap(({ stages }) => stages.flatMap(({ towers }) => towers.map(({ chunks }) => chunks.length))),
  )

/** The prompt encoder of one machine. */
export const promptEncoder = (machine: Machine, options: ReaderOptions = {}): PromptEncoder => {
  const { hasAddedConditions, zerosForEmptyPrompt } = machine.traits
  const reader = promptReader(machine, options)
  const { embeddings = new Map() } = options
  const encode: PromptEncoder['encode'] = async ({ stages, isEmpty }, encodeOptions) => {
    const encoded: EncodedStage[] = []
    for (const { lastStep, towers } of stages) {
      const conditioning = await encodeTowers({ machine, reader, embeddings }, towers, encodeOptions)
      const kept = hasAddedConditions ? conditioning : { context: conditioning.context }
      const isZero = encodeOptions.isNegative && isEmpty && zerosForEmptyPrompt
      encoded.push({ lastStep, conditioning: isZero ? zeroed(kept) : kept })
    }
    return encoded
  }
  const { tokenizer } = reader
  return { ...reader, encode, withEmbeddings: (named) => promptEncoder(machine, { tokenizer, embeddings: named }) }
}

interface Encoding {
  readonly machine: Machine
  readonly reader: PromptReader
  readonly embeddings: PromptEmbeddings
}

const encodeTowers = async (
  { machine, reader: { tokenizer }, embeddings }: Encoding,
  prompts: readonly ChunkedPrompt[],
  { chunks, clipSkip }: EncodeOptions,
): Promise<Required<Omit<Conditioning, 'timeIds'>>> => {
  const states: NdArray[] = []
  let pooled: NdArray = { shape: [1, 0], data: new Float32Array(0) }
  for (const [index, tower] of machine.traits.towers.entries()) {
    const prompt = prompts[index]
    if (prompt === undefined) continue
    const padded = padChunks(tokenizer(tower), prompt, chunks, { length: tower.maxTokens, padId: tower.padId })
    const encoded = await machine.encodeText({
      tower: index,
      ids: padded.chunks.map(({ ids }) => Array.from(ids)),
      state: stateOf(tower, clipSkip),
      vectors: await vectorsOf(padded, index, embeddings),
    })
    states.push(weighted(encoded.states, padded))
    pooled = firstRow(encoded.pooled)
  }
  return { context: joinWidths(states), pooled }
}

/** What textual inversions put in the place of tokens. */
const vectorsOf = async (
  { chunks }: ChunkedPrompt,
  tower: number,
  embeddings: PromptEmbeddings,
): Promise<readonly TokenVector[]> => {
  const vectors: TokenVector[] = []
  for (const [row, { tokens }] of chunks.entries()) {
    for (const [position, token] of tokens.entries()) {
      if (token?.embedding === undefined) continue
      const array = (await embeddings.get(token.embedding.name)?.read())?.[tower]
      if (array === undefined) throw new RangeError(`no vectors of "${token.embedding.name}" for tower ${tower}`)
      const width = array.shape[1] ?? 0
      const start = token.embedding.vector * width
      vectors.push({ row, position, vector: array.data.subarray(start, start + width) })
    }
  }
  return vectors
}

/** Clip skip n takes the n-th state from the end: 1 is the last. */
const stateOf = ({ state }: TextTower, clipSkip: number | undefined): TextState =>
  clipSkip === undefined ? state : { ...state, layersFromEnd: clipSkip - 1 }

/** Prompt weights on the states of all chunks, which then follow each other: [1, chunks · N, C]. */
const weighted = ({ shape, data }: NdArray, { chunks }: ChunkedPrompt): NdArray => {
  const [rows = 1, tokens = 1, width = 1] = shape
  const weights = Float32Array.from(chunks.flatMap((chunk) => Array.from(chunk.weights)))
  const isPlain = weights.every((weight) => weight === 1)
  const states = isPlain ? data : applyEmphasis(data, weights, { chunks: rows, tokens, width })
  return ndArray([1, rows * tokens, width], states)
}

/** The pooled vector is that of the first chunk. */
const firstRow = ({ shape, data }: NdArray): NdArray => {
  const width = shape[1] ?? 0
  return { shape: [1, width], data: data.subarray(0, width) }
}

const zeroed = (conditioning: Omit<Conditioning, 'timeIds'>): Omit<Conditioning, 'timeIds'> => {
  const context = scale(conditioning.context, 0)
  return conditioning.pooled === undefined ? { context } : { context, pooled: scale(conditioning.pooled, 0) }
}

/** States of several towers [1, N, C1], [1, N, C2] → [1, N, C1 + C2]. */
const joinWidths = (states: readonly NdArray[]): NdArray => {
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
