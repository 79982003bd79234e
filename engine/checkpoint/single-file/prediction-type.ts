import { readTextFile } from '../read-text-file.ts'
import { readTensor } from '../read-tensor.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { Family } from '../families/family.ts'
import type { Prediction } from '../../machine/denoiser.ts'
import { unetPrefix } from './detect-family.ts'

/** What a network predicts, how that is known, and whether it is only likely. */
export interface KnownPrediction {
  readonly prediction: Prediction
  readonly because: string
  readonly isAssumed: boolean
  /** The file says that its last training step held no signal. */
  readonly hasZeroSnr: boolean
}

/**
 * What the UNet of a single file predicts by itself, unless the user knows better: a `.yaml` beside it says it, `modelspec.prediction_type`, the keys
 * `v_pred` and `ztsnr`, for SD 2.x the spread of one bias, else the family's default.
 *
 * @source the bias rule: comfyanonymous/ComfyUI, comfy/supported_models.py, SD20.model_type
 */
export const findPrediction = async (checkpoint: Checkpoint, family: Family): Promise<KnownPrediction> => {
  const known = (prediction: Prediction, because: string, isAssumed = false): KnownPrediction => ({
    prediction,
    because,
    isAssumed,
    hasZeroSnr: checkpoint.tensors.has('ztsnr'),
  })
  const beside = await yamlPrediction(checkpoint.file)
  if (beside !== undefined) return known(beside, 'the .yaml file beside it says so')
  const spec = checkpoint.metadata.get('modelspec.prediction_type')
  if (spec !== undefined && /^(v|v[-_]prediction)$/i.test(spec)) return known('v_prediction', 'its header says so')
  if (spec !== undefined && /^eps/i.test(spec)) return known('epsilon', 'its header says so')
  if (checkpoint.tensors.has('v_pred')) return known('v_prediction', 'it carries the key "v_pred"')
  if (checkpoint.tensors.has('ztsnr')) return known('v_prediction', 'it carries the key "ztsnr"', true)
  if (family.name === 'sd2' && checkpoint.tensors.get(`${unetPrefix}input_blocks.0.0.weight`)?.shape[1] === 4) {
    return spreadRule(checkpoint, known)
  }
  return known(family.noise.predictionType, `models of ${family.title} mostly do`, true)
}

/** A-networks trained on v have a wider bias there than those trained on noise: 0.09 parts the published ones. */
const spreadRule = async (
  checkpoint: Checkpoint,
  known: (prediction: Prediction, because: string, isAssumed: boolean) => KnownPrediction,
): Promise<KnownPrediction> => {
  const name = `${unetPrefix}output_blocks.11.1.transformer_blocks.0.norm1.bias`
  if (!checkpoint.tensors.has(name)) return known('epsilon', 'models of Stable Diffusion 2.x base do', true)
  const { data } = await readTensor(checkpoint, name)
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  const spread = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
  const isV = spread > 0.09
  return known(
    isV ? 'v_prediction' : 'epsilon',
    `the spread of one of its biases is ${spread.toFixed(3)}, ${isV ? 'above' : 'not above'} 0.09`,
    true,
  )
}

/** `parameterization: "v"` in CompVis' files, `VScaling` in those of SDXL. */
const yamlPrediction = async (file: string): Promise<Prediction | undefined> => {
  const path = file.replace(/\.safetensors$/i, '.yaml')
  const text = path === file ? '' : await readTextFile(path).catch(() => '') // most files have none beside them
  const [, parameterization] = /^\s*parameterization:\s*["']?(v|eps)["']?\s*$/m.exec(text) ?? []
  if (parameterization !== undefined) return parameterization === 'v' ? 'v_prediction' : 'epsilon'
  if (/\bVScaling/.test(text)) return 'v_prediction'
  return /\bEpsScaling/.test(text) ? 'epsilon' : undefined
}
