import type { GenerateRequest, Preview, RawPicture } from '../contract/records.ts'
import type { Machine } from '../machine/machine.ts'
import type { Progress } from '../machine/run.ts'
import type { PromptEncoder } from './prompt-encoder.ts'

export interface GenerateRun {
  readonly signal: AbortSignal
  /** After each finished unit of work, with a preview after every second step where the model has a map for it. */
  readonly progress: (progress: Progress & { readonly preview?: Preview }) => void
}

export interface GenerateInput {
  readonly machine: Machine
  readonly prompts: PromptEncoder
  readonly request: GenerateRequest
  /** Of this very picture, 0 … 2^64 − 1. */
  readonly seed: bigint
  /** The picture that `request.image` names, of any size. */
  readonly image?: RawPicture | undefined
  /** Pixels of regions whose shape is a mask, by region id. */
  readonly masks?: Readonly<Record<string, RawPicture>> | undefined
  /** Pixels of `request.image.masks`, in their order. */
  readonly changeMasks?: readonly RawPicture[] | undefined
  /** Whether the attention to the prompt's words is watched: no run of the network more, and the picture keeps its bits. */
  readonly wantsMarks?: boolean | undefined
  readonly run: GenerateRun
}
