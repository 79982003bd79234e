import type { NdArray } from '../tensor/nd-array.ts'

/** A textual inversion that a prompt may name. */
export interface PromptEmbedding {
  /** How many tokens of the prompt it takes. */
  readonly vectors: number
  /** One array for each text tower, [vectors, width]. */
  readonly read: () => Promise<readonly NdArray[]>
}

/** Textual inversions by name. */
export type PromptEmbeddings = ReadonlyMap<string, PromptEmbedding>
