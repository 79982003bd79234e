import type { Rules } from './rule.ts'
import { activationRules } from './rules/activations.ts'
import { arithmeticRules } from './rules/arithmetic.ts'
import { attentionRules } from './rules/attention.ts'
import { convolutionRules } from './rules/convolutions.ts'
import { normalizationRules } from './rules/normalizations.ts'
import { pictureRules } from './rules/pictures.ts'
import { productRules } from './rules/products.ts'
import { reductionRules } from './rules/reductions.ts'
import { selectionRules } from './rules/selections.ts'
import { shapeRules } from './rules/shapes.ts'

/** How every operator is differentiated; an operator without a row, or a row without an operand, does not compile. */
export const gradientRules: Rules = {
  input: 'blocked',
  constant: 'blocked',
  initializer: 'blocked',

  ...arithmeticRules,
  ...activationRules,
  ...productRules,
  ...convolutionRules,
  ...normalizationRules,
  ...attentionRules,
  ...reductionRules,
  ...shapeRules,
  ...pictureRules,
  ...selectionRules,

  boundary: (g) => ({ x: () => g }),
  stopGradient: 'blocked',

  gemm: 'lowered',
  instanceNorm: 'lowered',
  batchNorm: 'lowered',
  depthwiseConv: 'lowered',
  multiHeadAttention: 'lowered',
  scaledSigmoid: 'lowered',
}
