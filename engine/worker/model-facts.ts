import { isInpainting, type ModelFiles } from '../checkpoint/model-files.ts'
import type { ModelCheck } from './protocol/model-calls.ts'

/** What is known about an opened model, for people. */
export const modelFacts = (files: ModelFiles): ModelCheck['facts'] => {
  const { unet, vae, textEncoders, scheduler, attune, knownWords, assumptions } = files
  const factor = 2 ** (vae.config.block_out_channels.length - 1)
  const [height, width] = unet.config.sample_size ?? [64, 64]
  // Where the file says nothing, what it predicts stands among the assumptions.
  const isAssumed = assumptions.some(({ setting }) => setting === 'prediction_type')
  return [
    { label: 'family', value: familyNames[files.family] },
    ...(isAssumed ? [] : [{ label: 'predicts', value: scheduler.noise.predictionType }]),
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

const familyNames: Readonly<Record<ModelFiles['family'], string>> = {
  sd1: 'Stable Diffusion 1.x',
  sd2: 'Stable Diffusion 2.x',
  sdxl: 'Stable Diffusion XL',
  custom: 'none of the published ones',
}
