import type { OpName } from '../op-specs.ts'
import type { Lowering, LoweringTarget, WritableForm } from './lowering.ts'
import { convOnFours } from './pad-channels.ts'
import { padByConcat } from './pad.ts'
import { cosineByPolynomial, sineByPolynomial } from './sine.ts'
import { activationBySigmoid, geluByErf, groupNormByMeans, layerNormByMeans } from './written-out.ts'

/** A lowering for some operators. */
export type Lowerings = { readonly [O in OpName]?: Lowering<O> }

/** What is written in another way because a device has no kernel for it, or none that is right. */
const ofDevice: Readonly<Record<LoweringTarget['device'], Lowerings>> = {
  cpu: {},
  cuda: {},
  coreml: {},
  dml: { sin: sineByPolynomial, cos: cosineByPolynomial },
  webgpu: { conv: convOnFours, pad: padByConcat, sin: sineByPolynomial, cos: cosineByPolynomial },
}

const ofForm: Readonly<Record<WritableForm, Lowerings>> = {
  groupNorm: { groupNorm: groupNormByMeans },
  layerNorm: { layerNorm: layerNormByMeans },
  gelu: { gelu: geluByErf },
  scaledSigmoid: { silu: activationBySigmoid(1), quickGelu: activationBySigmoid(1.702) },
}

/** Where this device's lowerings differ from those of the CPU. */
export const deviceLowerings = ({ device, writtenOut = [] }: LoweringTarget): Lowerings =>
  writtenOut.reduce((lowerings, form) => ({ ...lowerings, ...ofForm[form] }), ofDevice[device])
