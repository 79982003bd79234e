import type { PredictionOrigin } from '../model-files.ts'

/** Model families that files are made for; the three that Attune computes come first. */
export type BaseFamily = 'sd1' | 'sd2' | 'sdxl' | 'sdxl-refiner' | 'sd3' | 'flux' | 'other'

/** What a file on disk is, as data: a sentence for people is made from it. */
export interface FileDescription {
  readonly code:
    | 'checkpoint'
    | 'folder'
    | 'unet'
    | 'vae'
    | 'text-encoder'
    | 'image-encoder'
    | 'lora'
    | 'embedding'
    | 'adapter'
    | 'controlnet'
    | 'upscaler'
    | 'foreign-model'
    | 'pickle'
    | 'foreign-format'
    | 'incomplete'
    | 'damaged'
    | 'unknown'
  /** The model line that it belongs to or was made for; null where the file does not say. */
  readonly family: BaseFamily | null
  /** Whether Attune can use it, by itself or with a model of its family. */
  readonly isUsable: boolean
  /** A name for people where the code alone does not say it: `Flux`, `LoHa`, `IP-Adapter`, `GGUF`. */
  readonly name?: string
  readonly isInpainting?: boolean
  /** What a usable model's network predicts, and whether its files do not say so. */
  readonly prediction?: Pick<PredictionOrigin, 'own' | 'isAssumed'>
  /** Parts that a checkpoint in one file does not have, such as `VAE`. */
  readonly lacks?: readonly string[]
  /** Element type that keeps it from being used, such as `F8_E4M3`. */
  readonly storedAs?: string
  /** Layers of a LoRA, vectors of an embedding, tensors of an unknown file. */
  readonly count?: number
  /** What is wrong with a damaged file, what an incomplete folder lacks, or the first key of an unknown one. */
  readonly detail?: string
}
