import type { OpName } from '../op-specs.ts'
import type { Value } from '../value.ts'

/** Kernels, besides attention's, that do the work of several; where one is wrong, the several are used. */
export const writableForms = ['groupNorm', 'layerNorm', 'gelu', 'scaledSigmoid'] as const
export type WritableForm = (typeof writableForms)[number]

/** What a device's kernels can be trusted with; the self-test of `runtime/` may switch a fused kernel off. */
export interface LoweringTarget {
  readonly device: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml'
  /** Whether the fused attention kernel is right on this device. */
  readonly fusedAttention: boolean
  /** Whether the runtime computes what is made of weights alone while it loads; it does not where they stay mapped. */
  readonly foldsWeights?: boolean
  /** Other fused kernels that are wrong on this device; none when absent. */
  readonly writtenOut?: readonly WritableForm[] | undefined
}

/**
 * One composite written with kernels and primitives; the operands are lowered already, those of `value` are not: what
 * stays as it is is `withOperands(value, operands)`.
 */
export type Lowering<O extends OpName> = (value: Value<O>, operands: readonly Value[]) => Value
