import type { Machine, TextTower } from '../machine/machine.ts'
import type { PromptEmbeddings } from './prompt-embeddings.ts'
import { chunkPrompt, type ChunkedPrompt } from '../text/chunk-prompt.ts'
import { clipTokenizer, type ClipTokenizer } from '../text/clip-tokenizer.ts'
import { findUnknownWords } from '../text/known-words.ts'
import type { LoraUse } from '../text/prompt-networks.ts'
import { readPrompt } from '../text/read-prompt.ts'

/** A prompt as ids for each tower, before anything is computed. */
export interface ReadPrompt {
  readonly stages: readonly ReadStage[]
  readonly isEmpty: boolean
  readonly loras: readonly LoraUse[]
  /** Remarks for the recipe: `key: facts`. */
  readonly notes: readonly string[]
}

/** The prompt of some steps. */
export interface ReadStage {
  /** Last step of this stage, counted from 1. */
  readonly lastStep: number
  /** One for each tower of the model. */
  readonly towers: readonly ChunkedPrompt[]
}

export interface PromptReader {
  /** One for each tower; built at the first prompt. */
  readonly tokenizer: (tower: TextTower) => ClipTokenizer
  /** @throws EngineError 'prompt-invalid' */
  readonly read: (prompt: string, options: { readonly steps: number; readonly seed: bigint }) => ReadPrompt
}

export interface ReaderOptions {
  /** Builds each tower's tokenizer once, unless given. */
  readonly tokenizer?: PromptReader['tokenizer']
  /** Textual inversions that prompts may name; none unless given. */
  readonly embeddings?: PromptEmbeddings
}

const tokenizersOnDemand = (): PromptReader['tokenizer'] => {
  const tokenizers = new Map<TextTower, ClipTokenizer>()
  return (tower) => {
    const built = tokenizers.get(tower) ?? clipTokenizer(tower)
    tokenizers.set(tower, built)
    return built
  }
}

/** Reads prompts for one machine. */
export const promptReader = (
  { traits }: Pick<Machine, 'traits'>,
  { tokenizer = tokenizersOnDemand(), embeddings = new Map() }: ReaderOptions = {},
): PromptReader => {
  const known = traits.knownWords === null ? null : new Set(traits.knownWords)
  const counts = new Map([...embeddings].map(([name, { vectors }]) => [name, vectors]))
  const read: PromptReader['read'] = (prompt, options) => {
    const { drawn, stages, loras, notes } = readPrompt(prompt, options)
    const unknown = known === null ? [] : stages.flatMap(({ segments }) => findUnknownWords(segments, known))
    const readStages = stages.map(({ lastStep, segments }) => ({
      lastStep,
      towers: traits.towers.map((tower) =>
        chunkPrompt(tokenizer(tower), segments, {
          length: tower.maxTokens,
          padId: tower.padId,
          embeddings: counts,
        }),
      ),
    }))
    return {
      stages: readStages,
      isEmpty: drawn.trim() === '',
      loras,
      notes: [
        ...notes.map(({ kind, text }) => `prompt-${kind}: ${text.slice(0, 100)}`),
        ...longPromptNote(readStages),
        ...unknownNote(unknown.map(({ word }) => word).filter((word) => !isInName(word, counts))),
      ],
    }
  }
  return { tokenizer, read }
}

/** Words of a textual inversion's name mean what it says, whatever the model was taught. */
const isInName = (word: string, names: ReadonlyMap<string, unknown>): boolean =>
  [...names.keys()].some((name) => name.toLowerCase().includes(word.toLowerCase()))

/** Most models were trained on one chunk; what stands behind it counts less. */
const longPromptNote = (stages: readonly ReadStage[]): string[] => {
  const [longest] = stages.flatMap(({ towers }) => towers.slice(0, 1)).sort((a, b) => b.tokenCount - a.tokenCount)
  if (longest === undefined || longest.chunks.length === 1) return []
  return [`prompt-in-chunks: ${longest.tokenCount} tokens in ${longest.chunks.length} chunks of ${longest.length - 2}`]
}

const unknownNote = (words: readonly string[]): string[] =>
  words.length === 0 ? [] : [`unknown-words: ${[...new Set(words)].join(', ').slice(0, 150)}`]
