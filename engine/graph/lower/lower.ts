import type { Transform } from '../graph.ts'
import type { OpName } from '../op-specs.ts'
import { rewrite } from '../rewrite.ts'
import { simplify } from '../simplify.ts'
import { attentionAsKernel, attentionAsPrimitives } from './attention.ts'
import { deviceLowerings, type Lowerings } from './device-lowerings.ts'
import { flattenRows } from './flatten-rows.ts'
import { gatherBeforeCast } from './gather.ts'
import { groupNormInTwoPasses, groupNormOverGroups } from './group-norm.ts'
import { cpuLinear, deviceLinear, linearAsGemm } from './linear.ts'
import { activationAsScaledSigmoid } from './silu.ts'
import { sliceLinear } from './slice-linear.ts'
import { convolveInTiles } from './tiled-conv.ts'
import { upsampleByIndex } from './upsample.ts'
import { convolveBeforeUpsampling } from './upsampled-conv.ts'
import type { Lowering, LoweringTarget } from './lowering.ts'

export const cpuTarget: LoweringTarget = { device: 'cpu', fusedAttention: true, foldsWeights: true }

/**
 * Writes every composite with operators that the device has kernels for, then simplifies. The last transform before
 * encoding: a lowered graph can no longer be differentiated.
 */
export const lower =
  (target: LoweringTarget): Transform =>
  (graph) => {
    const lowerings = loweringsFor(target)
    const sliced = sliceLinear(simplify(graph))
    const smaller = target.foldsWeights === true ? convolveBeforeUpsampling(sliced) : sliced
    const tiled = target.foldsWeights === true && target.device === 'cpu' ? convolveInTiles(smaller) : smaller
    const lowered = rewrite(tiled, (value, operands) => {
      // The row was chosen by the value's own operator; an index cannot carry that to the type system.
      const lowering = lowerings[value.op] as Lowering<OpName> | undefined
      return lowering?.(value, operands)
    })
    return simplify(flattenRows(simplify(lowered)))
  }

const loweringsFor = (target: LoweringTarget): Lowerings => ({
  linear: linearAsGemm(target.device === 'cpu' ? cpuLinear : deviceLinear),
  groupNorm: target.device === 'cpu' ? groupNormInTwoPasses : groupNormOverGroups,
  attention: target.fusedAttention ? attentionAsKernel : attentionAsPrimitives,
  silu: activationAsScaledSigmoid(1),
  quickGelu: activationAsScaledSigmoid(1.702),
  upsample: upsampleByIndex,
  boundary: withoutMark,
  stopGradient: withoutMark,
  // Only a CPU is known to look up rows of numbers that it does not compute with.
  ...(target.device === 'cpu' && target.foldsWeights !== true && { gather: gatherBeforeCast }),
  ...deviceLowerings(target),
})

const withoutMark: Lowering<'boundary' | 'stopGradient'> = (value, [x]) => x ?? value
