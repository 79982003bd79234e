import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { makeGraph, type Graph } from '../../../engine/graph/graph.ts'
import { averagePool, input, mul, scalar, slice } from '../../../engine/graph/ops.ts'
import { protectionLoss } from '../../../engine/losses/protection-loss.ts'
import { runOnce } from '../graph/small-graphs.ts'

/** Latents are the mean of each 2 x 2 pixels. */
const encoder = makeGraph('encoder', { mean: averagePool(input('picture', [1, 1, 4, 4]), [2, 2]) })
/** Predicts twice the masked picture's latents. */
const unet = makeGraph('unet', { prediction: mul(slice(input('sample', [1, 3, 2, 2]), 1, 2, 3), scalar(2)) })

describe('protectionLoss', () => {
  it('is the norm of the prediction for the kept part of the picture', async () => {
    const graph = protectionLoss({ encoder, unet, scalingFactor: 0.5 })
    const ascent = differentiate({ loss: 'loss', withRespectTo: ['picture'], keep: ['prediction'] })(graph)
    const picture = { shape: [1, 1, 4, 4], data: new Float32Array(16).fill(3) }
    const mask = { shape: [1, 1, 4, 4], data: new Float32Array(16).map((_, i) => (i < 8 ? 1 : 0)) }
    const outputs = await runOnce(ascent, { picture, mask, noise: { shape: [1, 1, 2, 2], data: new Float32Array(4) } })
    expect(outputs['prediction']?.data).toEqual(Float32Array.of(0, 0, 3, 3))
    expect(outputs['loss']?.data[0]).toBeCloseTo(Math.sqrt(18), 5)
    // d‖p‖/dp = p/‖p‖ = 1/√2, each prediction the mean of four pixels; none where the mask is 1.
    const slope = 1 / Math.sqrt(2) / 4
    const gradient = outputs['grad.picture']?.data ?? []
    for (const [i, element] of gradient.entries()) expect(element).toBeCloseTo(i < 8 ? 0 : slope, 6)
  })

  it('shows the network the noise, the mask at each corner, and the latents, in this order', async () => {
    const shown = makeGraph('unet', { prediction: mul(input('sample', [1, 3, 2, 2]), scalar(1)) })
    const graph = protectionLoss({ encoder, unet: shown, scalingFactor: 1 })
    const outputs = await runOnce(graph, {
      picture: { shape: [1, 1, 4, 4], data: new Float32Array(16).fill(1) },
      mask: { shape: [1, 1, 4, 4], data: Float32Array.of(1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1) },
      noise: { shape: [1, 1, 2, 2], data: Float32Array.of(5, 6, 7, 8) },
    })
    expect(outputs['prediction']?.data).toEqual(Float32Array.of(5, 6, 7, 8, 1, 0, 0, 1, 0.75, 0.75, 1, 0.5))
  })

  const misfits: readonly [what: string, encoder: Graph, unet: Graph, message: RegExp][] = [
    ['no encoder', unet, unet, /an encoder without `picture` and `mean`/],
    ['a network that is not for inpainting', encoder, makeGraph('unet', { prediction: input('sample', [1, 1, 2, 2]) }), /latents of \[1, 3, 2, 2\] for a UNet that takes \[1, 1, 2, 2\]/], // prettier-ignore
    ['a network without a prediction', encoder, makeGraph('unet', { other: input('sample', [1, 3, 2, 2]) }), /a UNet without `prediction`/], // prettier-ignore
  ]

  it.each(misfits)('refuses %s', (_, wrongEncoder, wrongUnet, message) => {
    expect(() => protectionLoss({ encoder: wrongEncoder, unet: wrongUnet, scalingFactor: 1 })).toThrow(message)
  })
})
