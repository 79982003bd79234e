import { makeValue } from '../make-value.ts'
import type { Lowering } from './lowering.ts'

/** x · sigmoid(alpha · x) is one kernel: SiLU with alpha 1, CLIP's quick GELU with alpha 1.702. */
export const activationAsScaledSigmoid =
  (alpha: number): Lowering<'silu' | 'quickGelu'> =>
  (value, operands) =>
    makeValue('scaledSigmoid', operands, { alpha }, value.label)
