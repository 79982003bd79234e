import { isInpainting, type ModelFiles, type TextEncoderFiles } from '../checkpoint/model-files.ts'
import type { ModelTraits, TextState, TextTower } from '../machine/machine.ts'
import { vaeFactor } from '../networks/vae/vae.ts'

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
  padId: config.pad_token_id,
  startId: config.bos_token_id,
  endId: config.eos_token_id,
  width: config.hidden_size,
  state,
})
