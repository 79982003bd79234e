import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../engine/autodiff/differentiate.ts'
import { makeGraph } from '../../../engine/graph/graph.ts'
import { input, mul, scalar } from '../../../engine/graph/ops.ts'
import { noiseErrorLoss } from '../../../engine/losses/noise-error-loss.ts'
import { runOnce } from '../graph/small-graphs.ts'

const x = input('x', [2, 1, 1, 2])
const network = makeGraph('network', { prediction: mul(x, scalar(2)) })

describe('noiseErrorLoss', () => {
  it('gives the error of each sample and weighs its gradient by the coefficients', async () => {
    const graph = differentiate({ loss: 'loss', withRespectTo: ['x'], keep: ['errors'] })(noiseErrorLoss(network))
    const outputs = await runOnce(graph, {
      x: { shape: [2, 1, 1, 2], data: Float32Array.of(1, 2, 3, 4) },
      target: { shape: [2, 1, 1, 2], data: Float32Array.of(1, 1, 10, 6) },
      coefficients: { shape: [2], data: Float32Array.of(0.5, -3) },
    })
    // Differences 1, 3 and −4, 2.
    expect(outputs['errors']?.data).toEqual(Float32Array.of(5, 10))
    expect(outputs['loss']?.data).toEqual(Float32Array.of(0.5 * 5 - 3 * 10))
    expect(outputs['grad.x']?.data).toEqual(Float32Array.of(1, 3, 24, -12))
  })

  it('refuses a graph that predicts nothing', () => {
    expect(() => noiseErrorLoss(makeGraph('vae', { picture: mul(x, x) }))).toThrow(
      'noise-error loss of vae: no output "prediction", expected a UNet graph.',
    )
  })
})
