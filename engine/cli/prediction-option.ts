import { EngineError } from '../contract/failures.ts'
import type { Prediction } from '../machine/denoiser.ts'

const kinds: Readonly<Record<string, Prediction>> = {
  noise: 'epsilon',
  epsilon: 'epsilon',
  v: 'v_prediction',
  v_prediction: 'v_prediction',
}

/** `--prediction noise` or `v`, also by the names in configurations. @throws EngineError 'bad-argument' */
export const predictionOption = (text: string | undefined): Prediction | undefined => {
  const kind = text === undefined ? undefined : kinds[text]
  if (text === undefined || kind !== undefined) return kind
  throw new EngineError('bad-argument', { where: '--prediction', found: `"${text}"`, expected: 'noise or v' })
}
