import type { NdArray } from '../tensor/nd-array.ts'
import type { NoiseConfig } from './noise-config.ts'

/** What the network is told beside the noisy latents: one prompt, encoded. */
export interface Conditioning {
  /** Prompt states, [1, tokens, D]. */
  readonly context: NdArray
  /** SDXL: pooled prompt, [1, P]. */
  readonly pooled?: NdArray
  /** SDXL: original height and width, crop top and left, target height and width, [1, 6]. */
  readonly timeIds?: NdArray
}

/** Which state of a text tower conditions the network. */
export interface TextState {
  /** 0 the last layer, 1 the one before (clip skip 2), … */
  readonly layersFromEnd: number
  /** Whether the tower's final norm follows. */
  readonly isNormed: boolean
}

/** One text tower of a model. */
export interface TextTower {
  /** JSON: token to id. */
  readonly vocabulary: string
  /** One byte-pair merge per line. */
  readonly merges: string
  readonly maxTokens: number
  /** Id that fills a prompt's last chunk up. */
  readonly padId: number
  readonly width: number
  /** The state the model was trained with. */
  readonly state: TextState
}

/** Weights [3][latent channels] and bias [3]. */
export interface PreviewMap {
  readonly weights: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/** What was measured about the alignment of a model; whatever is absent, nobody has measured. */
export interface AlignmentTraits {
  /** Score from which a word counts as present. */
  readonly presentScore?: number
  /** Whose maps say where a word is: those around the middle of the network, or those of the up path. */
  readonly layers?: 'middle' | 'up'
  /** Heat from which on a pixel belongs to a word, 0 … 1. */
  readonly threshold?: number
}

/** What the methods may know about the open model. */
export interface ModelTraits {
  readonly name: string
  readonly latentChannels: number
  /** Pixels per latent, per side. */
  readonly vaeFactor: number
  /** Factor of clean latents against the autoencoder's, such as 0.18215. */
  readonly scalingFactor: number
  /** In pixels: the size the model was trained at. */
  readonly defaultSize: { readonly width: number; readonly height: number }
  readonly noise: NoiseConfig
  /** Timestep spacing of the model's scheduler. */
  readonly spacing: 'leading' | 'linspace' | 'trailing'
  readonly towers: readonly TextTower[]
  /** SDXL: sizes and a pooled prompt are conditions too. */
  readonly hasAddedConditions: boolean
  /** SDXL: an empty negative prompt is all zeros. */
  readonly zerosForEmptyPrompt: boolean
  /** Network input channels are latents, mask and masked latents. */
  readonly isInpainting: boolean
  /** Cosine at which Adaptive Guidance may stop; null when nobody has measured it. */
  readonly guidanceThreshold: number | null
  /** Words of the training captions; null when any word may be known. */
  readonly knownWords: readonly string[] | null
  /** What one word's caption looks like, such as "a photo of {}". */
  readonly captionTemplate: string | null
  /** Clean latents to a small preview: rgb = bias + weights · latents, 0 … 1; null when nobody has measured it. */
  readonly previewMap: PreviewMap | null
  readonly alignment?: AlignmentTraits
}

/** A vector that takes the place of a token, from a textual inversion. */
export interface TokenVector {
  /** Index into `EncodeTextCall.ids`. */
  readonly row: number
  /** Position in that row. */
  readonly position: number
  /** As many numbers as the tower is wide. */
  readonly vector: Float32Array
}

export interface EncodeTextCall {
  /** Index into `traits.towers`. */
  readonly tower: number
  /** Rows of `maxTokens` ids each: one row a chunk. */
  readonly ids: readonly (readonly number[])[]
  readonly state: TextState
  /** Vectors in place of the tokens at their positions; absent = none. */
  readonly vectors?: readonly TokenVector[]
}

export interface EncodedText {
  /** [rows, maxTokens, width]. */
  readonly states: NdArray
  /** Projected (or, without projection, plain) state of each row's end token, [rows, P]. */
  readonly pooled: NdArray
}

export interface PredictCall {
  /** Latents scaled to variance about 1, [1, in, h, w]. */
  readonly sample: NdArray
  readonly timestep: number
  readonly conditioning: Conditioning
  /**
   * Told the maps of the region layers from this very run: no further one is made, and the prediction keeps its bits. Not
   * told where there is no memory for them.
   */
  readonly onMaps?: ((maps: readonly AttentionMap[]) => void) | undefined
}

/** A painted region as the network sees it. */
export interface RegionInput {
  /** Coverage of each cell of a map by the region, 0 … 1, [height, width]: area-averaged from what was painted. */
  readonly coverage: (height: number, width: number) => NdArray
  /** Positions of its phrase's tokens in the conditioning. */
  readonly tokens: readonly number[]
  /** Factor of the region's loss or bias; 0 leaves it out. */
  readonly strength: number
}

/** One attention layer's probabilities averaged over heads. */
export interface AttentionMap {
  /** Checkpoint key prefix of the layer. */
  readonly layer: string
  readonly height: number
  readonly width: number
  /** [height · width, tokens]. */
  readonly probabilities: NdArray
}

/** How much each place of a picture looks at each other one, [N, N], N = height · width; rows sum to 1. */
export interface PlacesMap {
  readonly height: number
  readonly width: number
  /** Mean of all layers of the largest map. */
  readonly all: NdArray
  /** Mean of those on the up path. */
  readonly up: NdArray
}

/** What alignment reads from one prediction. */
export interface AlignmentMaps {
  /** Every layer that looks at the prompt, in the order of execution. */
  readonly words: readonly AttentionMap[]
  /** Absent where a network has no such layer. */
  readonly places?: PlacesMap
}

/** Which loss says how far attention is from painted regions: ZestGuide's, or that of composite scenes. */
export type RegionLossKind = 'zest' | 'csg'

export interface AttendCall extends Omit<PredictCall, 'onMaps'> {
  /** Paint-with-words: scores of the regions' tokens are raised inside them, `weight` = w · ln(1 + sigma). */
  readonly paint?: { readonly regions: readonly RegionInput[]; readonly weight: number }
  /** A region loss (ZestGuide's when absent) and its gradient with respect to `sample`. */
  readonly guide?: { readonly regions: readonly RegionInput[]; readonly loss?: RegionLossKind }
  /** Attention to the words of all regions is shared out: each position attends to those of the regions it lies in. */
  readonly redistribute?: { readonly regions: readonly RegionInput[] }
  /** Whether the maps of the region layers are wanted. */
  readonly wantsMaps: boolean
  /** Whether everything that alignment reads is wanted; absent = no. */
  readonly wantsAlignment?: boolean
}

export interface Attended {
  /** As `predict`. */
  readonly prediction: NdArray
  /** With `guide`: the loss and d loss / d sample, of the sample's shape. */
  readonly guide?: { readonly loss: number; readonly gradient: NdArray }
  /** With `wantsMaps`: in the order of execution. */
  readonly maps: readonly AttentionMap[]
  /** With `wantsAlignment`. */
  readonly alignment?: AlignmentMaps
}

/** For calls that may take long and run in parts: tiles of a large picture, blocks of a slow network. */
export interface CallOptions {
  /** Checked between two parts; the call then fails with EngineError 'cancelled'. */
  readonly signal?: AbortSignal | undefined
}

/**
 * What a method may ask of the hardware. `runtime/` implements it with ONNX Runtime; tests with an analytic denoiser.
 * Runs do not overlap; a call's promise settles when its run is done.
 */
export interface Machine {
  readonly traits: ModelTraits
  /** Where it runs, for the recipe: `cpu`, `webgpu: …`. */
  readonly device: string
  readonly encodeText: (call: EncodeTextCall) => Promise<EncodedText>
  /** Picture [1, 3, H, W] in -1 … 1 → mean of its posterior times the scaling factor, [1, C, h, w]. */
  readonly encodeImage: (picture: NdArray, options?: CallOptions) => Promise<NdArray>
  /** Clean latents [1, C, h, w] → picture [1, 3, H, W], about -1 … 1. */
  readonly decodeLatents: (latents: NdArray, options?: CallOptions) => Promise<NdArray>
  /**
   * The network's raw output for one sample, [1, C, h, w]. Calls made in the same turn of the event loop may run as
   * one batch.
   */
  readonly predict: (call: PredictCall) => Promise<NdArray>
  /** A prediction that also looks into the attention to the prompt, or bends it. One sample, its own session. */
  readonly attend: (call: AttendCall) => Promise<Attended>
  /** Sizes of the maps that regions are read from, for latents of this size; the largest first. */
  readonly regionMaps: (latents: {
    readonly height: number
    readonly width: number
  }) => readonly { readonly height: number; readonly width: number }[]
}
