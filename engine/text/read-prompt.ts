import { EngineError } from '../contract/failures.ts'
import { mapText, spanOf, type MappedText } from './mapped-text.ts'
import { parseAttention, type WeightedText } from './prompt-attention.ts'
import { stripComments } from './prompt-comments.ts'
import { takeNetworks, type LoraUse, type StrengthOrder } from './prompt-networks.ts'
import type { PromptNote } from './prompt-note.ts'
import { schedulePrompt } from './prompt-schedule.ts'
import { drawVariants } from './prompt-variants.ts'
import { wholeWord } from './python-text.ts'

export interface PromptSettings {
  /** Steps of the trajectory, at least 1; they turn the shares of prompt editing into steps. */
  readonly steps: number
  /** Fixes what `{a|b}` and wildcards draw. */
  readonly seed: bigint
  /** Lines of each wildcard list by name; none unless given. */
  readonly wildcards?: ReadonlyMap<string, readonly string[]>
  /** Order of two LoRA strengths, 'unet-text' unless given; prompts from A1111 want 'text-unet'. */
  readonly strengthOrder?: StrengthOrder
}

/** The prompt of some steps, cut where the weight changes. */
export interface PromptStage {
  /** Last step of this stage, counted from 1. */
  readonly lastStep: number
  readonly segments: readonly WeightedText[]
}

/** Everything a prompt asks for. Spans are those of the prompt as it was typed. */
export interface Prompt {
  /** The prompt that was drawn: without comments, variants and wildcards, with all other syntax. */
  readonly drawn: string
  readonly loras: readonly LoraUse[]
  /** In order; the last one ends with the last step. */
  readonly stages: readonly PromptStage[]
  /** Remarks in the order of the prompt, each once. */
  readonly notes: readonly PromptNote[]
}

/**
 * Reads a prompt's syntax in the order of A1111: comments, variants and wildcards, networks in angle brackets, prompt
 * editing, weights. Nothing is rejected because of its form; what has no meaning is text, and `notes` says so.
 *
 * @throws EngineError 'prompt-invalid' when the prompt is too long, its wildcards never end, or a weight is beyond all
 *   bounds; 'bad-argument' when `steps` is no positive whole number
 */
export function readPrompt(prompt: string, settings: PromptSettings): Prompt {
  checkSettings(settings)
  const { steps, seed, wildcards = new Map<string, readonly string[]>(), strengthOrder = 'unet-text' } = settings
  const plain = stripComments(mapText(prompt))
  const drawn = drawVariants(plain.text, { seed, wildcards })
  const networks = takeNetworks(drawn.text, strengthOrder)
  const schedule = schedulePrompt(networks.text, steps)
  const read = schedule.stages.map(({ lastStep, text }) => ({ lastStep, ...parseAttention(text) }))
  const notes = [plain, drawn, networks, schedule, ...read].flatMap((pass) => pass.notes)
  for (const { segments } of read) checkWeights(segments)
  return {
    drawn: drawn.text.text,
    loras: networks.loras,
    stages: read.map(({ lastStep, segments }) => ({ lastStep, segments })),
    notes: inOrder([...notes, ...composables(networks.text)]),
  }
}

function checkSettings({ steps }: PromptSettings): void {
  if (!Number.isInteger(steps) || steps < 1)
    throw new EngineError('bad-argument', { where: 'readPrompt', found: `${steps} steps`, expected: 'at least 1' })
}

function checkWeights(segments: readonly WeightedText[]): void {
  const wild = segments.find(({ weight }) => !Number.isFinite(Math.fround(weight)))
  if (wild === undefined) return
  throw new EngineError('prompt-invalid', {
    where: 'prompt weights',
    found: `the weight ${wild.weight} for "${wild.text.slice(0, 80)}"`,
    expected: 'a weight within the range of float32',
    remedy: 'Take out some of the brackets.',
  })
}

const composables = (text: MappedText): readonly PromptNote[] =>
  Array.from(text.text.matchAll(wholeWord('AND')), ({ index }) => ({
    kind: 'composable',
    text: 'AND',
    ...spanOf(text, index, index + 'AND'.length),
  }))

function inOrder(notes: readonly PromptNote[]): readonly PromptNote[] {
  const once = new Map(notes.map((note) => [`${note.kind} ${note.start} ${note.end}`, note]))
  return [...once.values()].sort((a, b) => a.start - b.start || a.end - b.end)
}
