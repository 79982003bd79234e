import type { Family } from '../families/family.ts'
import type { Assumption } from '../model-files.ts'
import type { KnownPrediction } from './prediction-type.ts'

/**
 * What was taken for granted about a single file, in words for `attune models check`.
 *
 * @param prediction  undefined where the user said what it predicts
 */
export const assumptionsOf = (family: Family, prediction: KnownPrediction | undefined): readonly Assumption[] => {
  const because = `every published model of ${family.title} has it and the shapes do not say it`
  const heads = 'count' in family.heads ? `${family.heads.count} heads` : `${family.heads.channels} channels per head`
  return [
    ...(prediction?.isAssumed === true
      ? [{ setting: 'prediction_type', value: `${prediction.prediction} (assumed)`, because: prediction.because }]
      : []),
    { setting: 'attention heads of the UNet', value: heads, because },
    { setting: 'norm_num_groups', value: String(family.unet['norm_num_groups']), because },
    { setting: 'scaling_factor', value: String(family.vae['scaling_factor']), because },
    { setting: 'attention heads of the text encoder', value: '64 channels per head', because },
    {
      setting: 'activation of the text encoder',
      value: family.textEncoders.map(({ hiddenAct }) => hiddenAct).join(' and '),
      because,
    },
    { setting: 'tokenizer', value: "CLIP's own vocabulary", because },
    {
      setting: 'noise schedule',
      value: `${family.noise.betaSchedule} ${family.noise.betaStart} to ${family.noise.betaEnd}`,
      because,
    },
  ]
}
