import type { WordTokens } from '../alignment/first-marks.ts'
import type { GenerateInput } from './generate-input.ts'
import { prepareLayout, type PlacedRegion } from './layout-regions.ts'
import { chunksOf, type EncodedPrompt } from './prompt-encoder.ts'
import type { ReadPrompt } from './read-prompts.ts'
import type { ResolvedRequest } from './resolve-request.ts'
import { watchedWords } from './watched-words.ts'

/** What the network is told, and where its words shall land. */
export interface EncodedRequest {
  readonly prompt: EncodedPrompt
  /** Absent where guidance never asks for it. */
  readonly negative: EncodedPrompt | undefined
  /** For each stage of the prompt, its painted regions; all empty without a layout. */
  readonly regions: readonly (readonly PlacedRegion[])[]
  /** Words whose attention is watched; none unless marks are wanted. */
  readonly words: readonly WordTokens[]
  readonly notes: readonly string[]
}

/**
 * Reads and encodes prompt and negative prompt, both with the same number of chunks, and places the layout's regions.
 *
 * @throws EngineError as `prepareLayout` and the prompt's reader
 */
export const encodeRequest = async (input: GenerateInput, size: ResolvedRequest): Promise<EncodedRequest> => {
  const { prompts, request, seed } = input
  const { steps, clipSkip } = request
  const { prompt, regions, notes } = readWithLayout(input, size)
  const words = input.wantsMarks === true ? watchedWords(input, prompt) : []
  if (request.cfgScale === 1 || request.guidance === 'none') {
    const options = { chunks: chunksOf(prompt), clipSkip, isNegative: false }
    return { prompt: await prompts.encode(prompt, options), negative: undefined, regions, words, notes }
  }
  const negative = prompts.read(request.negative, { steps, seed })
  const options = { chunks: chunksOf(prompt, negative), clipSkip }
  return {
    prompt: await prompts.encode(prompt, { ...options, isNegative: false }),
    negative: await prompts.encode(negative, { ...options, isNegative: true }),
    regions,
    words,
    notes,
  }
}

interface ReadRequest extends Pick<EncodedRequest, 'regions' | 'notes'> {
  readonly prompt: ReadPrompt
}

const readWithLayout = (
  { machine, prompts, request, seed, masks = {} }: GenerateInput,
  size: ResolvedRequest,
): ReadRequest => {
  const { steps, layout } = request
  if (layout === undefined || layout.regions.length === 0) {
    const prompt = prompts.read(request.prompt, { steps, seed })
    return { prompt, regions: [], notes: prompt.notes }
  }
  const prepared = prepareLayout({ machine, prompts, layout, prompt: request.prompt, steps, seed, size, masks })
  return { prompt: prepared.prompt, regions: prepared.stages, notes: [...prepared.prompt.notes, ...prepared.notes] }
}
