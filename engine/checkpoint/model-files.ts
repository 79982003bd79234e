import type { ComponentFiles } from './component-files.ts'
import type { AttuneConfig } from './config/attune-config.ts'
import type { AutoencoderConfig } from './config/autoencoder-config.ts'
import type { ClipConfig, ClipTextConfig } from './config/clip-config.ts'
import type { SchedulerConfig } from './config/scheduler-config.ts'
import type { SegmenterConfig } from './config/segmenter-config.ts'
import type { UnetConfig } from './config/unet-config.ts'
import type { Prediction } from '../machine/denoiser.ts'
import type { TokenizerFiles } from './tokenizer-files.ts'

/** Which line of models it belongs to; `custom` is neither by its widths. LoRA and embeddings fit their own family only. */
export type ModelFamily = 'sd1' | 'sd2' | 'sdxl' | 'custom'

/** Something that the files do not say, what was taken instead, and why. */
export interface Assumption {
  /** Such as `prediction_type`. */
  readonly setting: string
  readonly value: string
  readonly because: string
}

/** How it is known what a network predicts; what it is taken to predict stands in `scheduler.noise`. */
export interface PredictionOrigin {
  /** What its files say, or what is most likely where they do not. */
  readonly own: Prediction
  /** Why `own`: ends a sentence that begins with it. */
  readonly because: string
  /** Whether the files do not say it. */
  readonly isAssumed: boolean
  /** Whether the user said what it predicts, `own` or not. */
  readonly isChosen: boolean
}

/** A text tower with the vocabulary that it was trained on. */
export interface TextEncoderFiles extends ComponentFiles<ClipTextConfig> {
  readonly tokenizer: TokenizerFiles
}

/** Everything that is known about a model before anything of it is computed. Weights stay in their files. */
export interface ModelFiles {
  readonly layout: 'folder' | 'single-file'
  /** Absolute path of the folder or file, symbolic links resolved. */
  readonly path: string
  /** Its name for people: that of the folder, or of the file without its ending. */
  readonly name: string
  readonly family: ModelFamily
  readonly unet: ComponentFiles<UnetConfig>
  /** A second network for inpainting that came with the model (`unet_inpaint`), if any. */
  readonly inpaintingUnet: ComponentFiles<UnetConfig> | null
  readonly vae: ComponentFiles<AutoencoderConfig>
  /** One, or SDXL's two. */
  readonly textEncoders: readonly TextEncoderFiles[]
  readonly scheduler: SchedulerConfig
  readonly prediction: PredictionOrigin
  /** SDXL: an empty negative prompt is zeros. */
  readonly forceZerosForEmptyPrompt: boolean
  readonly attune: AttuneConfig
  /** Every word the model was taught, lower case; null when unknown. */
  readonly knownWords: ReadonlySet<string> | null
  readonly segmenter: ComponentFiles<SegmenterConfig> | null
  readonly scorer: ComponentFiles<ClipConfig> | null
  readonly assumptions: readonly Assumption[]
}

/** Noisy latents, mask and masked latents: the input of a network trained for inpainting. */
export const isInpainting = ({ unet, vae }: Pick<ModelFiles, 'unet' | 'vae'>): boolean =>
  unet.config.in_channels === 2 * vae.config.latent_channels + 1
