import type { OpName } from './op-specs.ts'
import { channelVectors, picture, text, type InferenceRule } from './shape-operands.ts'

const convolvedSide = (padded: number, kernel: number, stride: number): number =>
  Math.floor((padded - kernel) / stride) + 1

type Convolution = Extract<OpName, 'conv' | 'convTranspose' | 'depthwiseConv'>

/** Shapes of what convolutions make, one row for each operator. */
export const convolutionRules: { readonly [O in Convolution]: InferenceRule<O> } = {
  conv: (operands, { stride, pads }) => {
    const [batch, channels, height, width] = picture(operands)
    const [out, into, kernelHeight, kernelWidth] = operands.at(1).shape
    if (into !== channels || out === undefined || kernelHeight === undefined || kernelWidth === undefined) {
      return operands.refuse(
        `weight of shape ${text(operands.at(1).shape)} on ${channels} channels`,
        `[out, ${channels}, kh, kw]`,
      )
    }
    channelVectors(operands, out, 2)
    const rows = convolvedSide(height + pads[0] + pads[2], kernelHeight, stride)
    const columns = convolvedSide(width + pads[1] + pads[3], kernelWidth, stride)
    return { shape: [batch, out, rows, columns], dtype: operands.at(0).dtype }
  },
  convTranspose: (operands, { stride, pads, outputPadding }) => {
    const [batch, channels, height, width] = picture(operands)
    const [into, out, kernelHeight, kernelWidth] = operands.at(1).shape
    if (into !== channels || out === undefined || kernelHeight === undefined || kernelWidth === undefined) {
      return operands.refuse(
        `weight of shape ${text(operands.at(1).shape)} on ${channels} channels`,
        `[${channels}, out, kh, kw]`,
      )
    }
    const side = (size: number, kernel: number, pad: number, extra: number): number =>
      (size - 1) * stride + kernel - pad + extra
    const shape = [
      batch,
      out,
      side(height, kernelHeight, pads[0] + pads[2], outputPadding[0]),
      side(width, kernelWidth, pads[1] + pads[3], outputPadding[1]),
    ]
    return { shape, dtype: operands.at(0).dtype }
  },
  depthwiseConv: (operands, { strides, pads }) => {
    const [batch, channels, height, width] = picture(operands)
    const [out, into, kernelHeight = 1, kernelWidth = 1] = operands.at(1).shape
    if (out !== channels || into !== 1)
      operands.refuse(`weight of shape ${text(operands.at(1).shape)}`, `[${channels}, 1, kh, kw]`)
    const rows = convolvedSide(height + pads[0] + pads[2], kernelHeight, strides[0])
    const columns = convolvedSide(width + pads[1] + pads[3], kernelWidth, strides[1])
    return { shape: [batch, channels, rows, columns], dtype: operands.at(0).dtype }
  },
}
