import { isInpainting, type ModelFiles } from '../checkpoint/model-files.ts'
import type { ModelCheck } from './protocol/model-calls.ts'

/** What is known about an opened model, for people. */
export const modelFacts = (files: ModelFiles): ModelCheck['facts'] => {
  const { unet, vae, textEncoders, attune, knownWords } = files
  const factor = 2 ** (vae.config.block_out_channels.length - 1)
  const [height, width] = unet.config.sample_size ?? [64, 64]
  return [
    { label: 'family', value: familyNames[files.family] },
    ...predictionFact(files),
    { label: 'draws best at', value: `${width * factor} x ${height * factor}` },
    ...(isInpainting(files) ? [{ label: 'inpainting', value: 'it sees a mask and the picture under it' }] : []),
    { label: 'text', value: textEncoders.map(({ config }) => `${config.hidden_size} wide`).join(' and ') },
    ...(knownWords === null ? [] : [{ label: 'known words', value: String(knownWords.size) }]),
    {
      label: 'adaptive guidance',
      value:
        attune.guidanceThreshold === null
          ? 'not measured (attune models measure)'
          : `from cosine ${attune.guidanceThreshold}`,
    },
    { label: 'previews', value: attune.previewMap === null ? 'not measured (attune models measure)' : 'measured' },
  ]
}

/** Where neither the user nor the file says it, what it predicts stands among the assumptions. */
const predictionFact = ({ scheduler, prediction }: ModelFiles): ModelCheck['facts'] => {
  const { own, because, isAssumed, isChosen } = prediction
  const { predictionType } = scheduler.noise
  if (isChosen) {
    const otherwise = `${own}${isAssumed ? ' (assumed)' : ''}, because ${because}`
    return [{ label: 'predicts', value: `${predictionType}, as you chose; by itself ${otherwise}` }]
  }
  return isAssumed ? [] : [{ label: 'predicts', value: `${predictionType}, because ${because}` }]
}

const familyNames: Readonly<Record<ModelFiles['family'], string>> = {
  sd1: 'Stable Diffusion 1.x',
  sd2: 'Stable Diffusion 2.x',
  sdxl: 'Stable Diffusion XL',
  custom: 'none of the published ones',
}
