/** The programs whose settings Attune reads out of pictures. */
export const foreignSources = ['a1111', 'comfyui', 'invokeai', 'fooocus', 'novelai'] as const
export type ForeignSource = (typeof foreignSources)[number]

/** A setting and the place in the picture's metadata where it stood. */
export interface Found<Value> {
  readonly value: Value
  /** For people, such as `parameters: CFG scale` or `prompt: node 3 (KSampler), seed`. */
  readonly from: string
}

/**
 * Why a picture may come out differently here, or what could not be read. The sentence for users is `noteSentences`'.
 */
export const noteSentences = {
  'noise-from-gpu': 'The noise came from the GPU generator: it cannot be reproduced exactly.',
  'noise-from-gpu-likely': 'The noise most likely came from the GPU generator: then it cannot be reproduced exactly.',
  'noise-from-philox': 'The noise came from the NV (Philox) generator: it cannot be reproduced exactly.',
  'needs-source-picture': 'It started from another picture, which the metadata does not hold.',
  'several-passes': 'It was made in several passes; these are the settings of the first.',
  'control-network': 'A control network or image prompt took part, which Attune does not have.',
  refiner: 'A refiner model took part, which Attune does not have.',
  'prompt-composed': 'The prompt was put together from several texts; check it.',
  'prompt-expanded': 'The program added words of its own to the prompt before drawing.',
  'own-sampling': 'The program changes sampling in ways of its own: it cannot be reproduced exactly.',
  'file-names-only': 'Models and LoRAs are known by name only.',
  damaged: 'Part of the metadata is damaged and was left out.',
  'too-large': 'Part of the metadata is too large and was left out.',
  'newer-version': 'The picture was made by a newer version of Attune; not all settings could be read.',
} as const
export type ForeignNote = keyof typeof noteSentences

export interface ForeignLora {
  readonly name: string
  readonly strength: number
  readonly hash?: string
}

/**
 * Settings that another program left in a picture. All of it was written by strangers: texts are cleaned and bounded,
 * numbers are finite and within `valueLimits`, nothing names a file that may be opened.
 */
export interface ForeignRecipe {
  readonly source: ForeignSource
  /** The program and version as it names itself. */
  readonly program?: Found<string>
  readonly prompt?: Found<string>
  readonly negative?: Found<string>
  /** Decimal, 0 … 2^64 - 1. */
  readonly seed?: Found<string>
  readonly steps?: Found<number>
  readonly cfgScale?: Found<number>
  /** As the program calls them; what Attune has for them is for the diffusion room to say. */
  readonly sampler?: Found<string>
  readonly schedule?: Found<string>
  readonly model?: Found<string>
  readonly modelHash?: Found<string>
  /** A VAE in place of the model's own. */
  readonly vae?: Found<string>
  readonly vaeHash?: Found<string>
  readonly width?: Found<number>
  readonly height?: Found<number>
  readonly clipSkip?: Found<number>
  /** 0 keeps the source picture … 1 forgets it. */
  readonly denoise?: Found<number>
  readonly variationSeed?: Found<string>
  readonly variationStrength?: Found<number>
  readonly eta?: Found<number>
  readonly loras: readonly ForeignLora[]
  /** Everything else that was named, for people to read. */
  readonly other: Readonly<Record<string, string>>
  readonly notes: readonly ForeignNote[]
}
