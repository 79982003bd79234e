import { EngineError } from '../contract/failures.ts'
import type { ClipTokenizer } from './clip-tokenizer.ts'
import { fitToLength } from './fit-to-length.ts'
import type { WeightedText } from './prompt-attention.ts'
import { promptTokens, type Embeddings, type PromptToken, type TokenRun } from './prompt-tokens.ts'

export interface ChunkSettings {
  /** Ids of the text encoder's input, its `max_position_embeddings`: 77 for CLIP. At least 3. */
  readonly length: number
  /** What fills a chunk after its end token: the end token (SD 1.x, SDXL's first tower) or 0 (SD 2.x, its second). */
  readonly padId: number
  /** Tokens after a comma that move to the next chunk rather than being parted from it; 20 unless given, 0 for never. */
  readonly commaBacktrack?: number
  /** 'chunks' (unless given) goes on in further chunks, 'cut' keeps one, with BREAK without effect. */
  readonly overflow?: 'chunks' | 'cut'
  /** Textual inversions the prompt may name. */
  readonly embeddings?: Embeddings
}

/** One input of the text encoder. */
export interface PromptChunk {
  /** Start token, content, end token, padding: `length` ids. */
  readonly ids: Int32Array
  /** One weight per id; 1 for start, end and padding. */
  readonly weights: Float32Array
  /** What stands at each position; undefined for start, end and padding. */
  readonly tokens: readonly (PromptToken | undefined)[]
}

/** A prompt as inputs of the text encoder. Position p of chunk c is row c · length + p of the conditioning. */
export interface ChunkedPrompt {
  readonly length: number
  /** At least one. */
  readonly chunks: readonly PromptChunk[]
  /** Tokens as A1111 counts them: with what fills a chunk that the next one or BREAK ends. */
  readonly tokenCount: number
  /** Content tokens that the chunks hold. */
  readonly capacity: number
  /** Tokens that were cut; empty unless `overflow` is 'cut'. */
  readonly dropped: readonly PromptToken[]
}

/**
 * Lays a prompt out in chunks of `length` - 2 content tokens. BREAK ends a chunk; a chunk that is full ends after its
 * last comma when that is near.
 *
 * @throws EngineError 'prompt-invalid' when a textual inversion has more vectors than a chunk has places
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `sd_hijack_clip.py`, tokenize_line
 */
export function chunkPrompt(
  tokenizer: Pick<ClipTokenizer, 'encode' | 'startId' | 'endId'>,
  segments: readonly WeightedText[],
  settings: ChunkSettings,
): ChunkedPrompt {
  const { length, overflow = 'chunks', embeddings } = settings
  const runs = promptTokens(tokenizer, segments, embeddings)
  checkVectors(runs, length)
  const room = length - 2
  const all = runs.flat(2)
  const endsInBreak = overflow === 'chunks' && runs.length > 1 && runs.at(-1)?.length === 0
  const contents = overflow === 'cut' ? [all.slice(0, room)] : layOut(tokenizer, runs, settings)
  return {
    length,
    chunks: contents.map((content) => toChunk(tokenizer, content, settings)),
    tokenCount: (contents.length - 1) * room + (endsInBreak ? room : (contents.at(-1)?.length ?? 0)),
    capacity: contents.length * room,
    dropped: overflow === 'cut' ? all.slice(room) : [],
  }
}

/**
 * Adds empty chunks until there are `count`: both sides of classifier-free guidance want the same number.
 *
 * @param settings those the prompt was laid out with
 */
export function padChunks(
  tokenizer: Pick<ClipTokenizer, 'startId' | 'endId'>,
  prompt: ChunkedPrompt,
  count: number,
  settings: Pick<ChunkSettings, 'length' | 'padId'>,
): ChunkedPrompt {
  const missing = Math.max(0, count - prompt.chunks.length)
  const empty = Array.from({ length: missing }, () => toChunk(tokenizer, [], settings))
  return { ...prompt, chunks: [...prompt.chunks, ...empty], capacity: prompt.capacity + missing * (prompt.length - 2) }
}

type Content = readonly PromptToken[]

function layOut(
  { encode }: Pick<ClipTokenizer, 'encode'>,
  runs: readonly TokenRun[],
  { length, commaBacktrack = 20 }: ChunkSettings,
): readonly Content[] {
  const room = length - 2
  const commaId = encode(',')[0]?.id
  const chunks: Content[] = []
  let chunk: PromptToken[] = []
  let comma = -1
  const endChunk = (): void => {
    chunks.push(chunk)
    chunk = []
    comma = -1
  }
  for (const [index, run] of runs.entries()) {
    if (index > 0) endChunk()
    for (const group of run) {
      const isComma = group[0]?.id === commaId && group[0]?.embedding === undefined
      if (isComma) comma = chunk.length
      else if (chunk.length === room && comma >= 0 && chunk.length - comma <= commaBacktrack) {
        const moved = chunk.splice(comma + 1)
        endChunk()
        chunk = moved
      }
      // A single token that does not fit starts a new chunk, and so do vectors that would be parted.
      if (chunk.length + group.length > room) endChunk()
      chunk.push(...group)
    }
  }
  if (chunk.length > 0 || chunks.length === 0) endChunk()
  return chunks
}

function toChunk(
  { startId, endId }: Pick<ClipTokenizer, 'startId' | 'endId'>,
  content: Content,
  { length, padId }: Pick<ChunkSettings, 'length' | 'padId'>,
): PromptChunk {
  const { ids } = fitToLength({ startId, endId }, content, { length, padId })
  const weights = new Float32Array(length).fill(1)
  weights.set(
    content.map(({ weight }) => weight),
    1,
  )
  const tokens = Array.from(ids, (_, position) => content[position - 1])
  return { ids, weights, tokens }
}

function checkVectors(runs: readonly TokenRun[], length: number): void {
  const long = runs.flat().find((group) => group.length > length - 2)
  if (long === undefined) return
  throw new EngineError('prompt-invalid', {
    where: 'prompt',
    found: `the embedding "${long[0]?.embedding?.name ?? ''}" with ${long.length} vectors`,
    expected: `at most ${length - 2}, what this model's prompt holds`,
    remedy: 'Leave the embedding out of the prompt.',
  })
}
