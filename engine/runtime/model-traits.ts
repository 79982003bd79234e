import { isInpainting, type ModelFiles, type TextEncoderFiles } from '../checkpoint/model-files.ts'
import type { TokenizerFiles } from '../checkpoint/tokenizer-files.ts'
import { EngineError } from '../contract/failures.ts'
import type { ModelTraits, TextState, TextTower } from '../machine/machine.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import { readVocabulary } from '../text/read-vocabulary.ts'

/** What methods may know about an opened model. */
export const traitsOf = (files: ModelFiles): ModelTraits => {
  const { unet, vae, scheduler, attune } = files
  const factor = vaeFactor(vae.config)
  const [height, width] = unet.config.sample_size ?? [64, 64]
  return {
    name: files.name,
    latentChannels: vae.config.latent_channels,
    vaeFactor: factor,
    scalingFactor: vae.config.scaling_factor,
    defaultSize: { width: width * factor, height: height * factor },
    noise: scheduler.noise,
    spacing: scheduler.timestepSpacing,
    towers: files.textEncoders.map((tower) => towerOf(tower, conditioningState(files))),
    hasAddedConditions: unet.config.addition_embed_type === 'text_time',
    zerosForEmptyPrompt: files.forceZerosForEmptyPrompt,
    isInpainting: isInpainting(files),
    guidanceThreshold: attune.guidanceThreshold,
    knownWords: files.knownWords === null ? null : [...files.knownWords],
    captionTemplate: attune.captionTemplate,
    previewMap: attune.previewMap,
    alignment: attune.alignment,
  }
}

/** SDXL was trained on the layer before the last, without the final norm; all others on the normed last layer. */
const conditioningState = ({ unet }: ModelFiles): TextState =>
  unet.config.addition_embed_type === 'text_time'
    ? { layersFromEnd: 1, isNormed: false }
    : { layersFromEnd: 0, isNormed: true }

const towerOf = ({ config, tokenizer }: TextEncoderFiles, state: TextState): TextTower => ({
  vocabulary: tokenizer.vocab,
  merges: tokenizer.merges,
  maxTokens: config.max_position_embeddings,
  padId: padIdOf(tokenizer) ?? config.pad_token_id,
  width: config.hidden_size,
  state,
})

/**
 * Id of the token that fills a chunk up, by the tokenizer: the text encoders' own `pad_token_id` is 1 in every published
 * configuration, and nothing was ever trained with it. Undefined without a vocabulary.
 */
const padIdOf = ({ vocab, config: { padToken } }: TokenizerFiles): number | undefined => {
  const { idOf, tokens } = readVocabulary({ vocabulary: vocab, merges: '' })
  const id = idOf(padToken)
  if (id !== undefined || tokens.length === 0) return id
  throw new EngineError('config-invalid', {
    where: 'tokenizer',
    found: `the pad token ${JSON.stringify(padToken)} without an id`,
    expected: 'a token of the vocabulary',
    remedy: 'Copy the whole folder of the tokenizer again, all files from the same model.',
    key: 'pad_token',
  })
}
