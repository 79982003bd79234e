import { EngineError } from '../contract/failures.ts'
import { makeGraph, type Transform } from '../graph/graph.ts'
import { input, mul, reduceMean, reduceSum, reshape, sub } from '../graph/ops.ts'

/**
 * The error of each sample's prediction, on which every preference loss is built. Adds two outputs: `errors` [B], the mean
 * over elements of (target − prediction)², and `loss`, Σ coefficient_k · error_k. New inputs: `target`, of the prediction's
 * shape and in its space (noise, or v = √ᾱ noise − √(1−ᾱ) x₀), and `coefficients` [B], the derivative of the preference loss
 * with respect to each error.
 *
 * @throws EngineError 'graph-invalid' when the graph has no output `prediction`
 * @source Ho et al. 2020, arXiv:2006.11239, eq. 14; Wallace et al. 2023, arXiv:2311.12908, eq. 14, by the chain rule
 */
export const noiseErrorLoss: Transform = (graph) => {
  const prediction = graph.outputs.get('prediction')
  if (prediction === undefined) {
    throw new EngineError('graph-invalid', {
      where: `noise-error loss of ${graph.name}`,
      found: 'no output "prediction"',
      expected: 'a UNet graph',
    })
  }
  const [batch = 1] = prediction.shape
  const difference = sub(prediction, input('target', prediction.shape))
  const errors = reshape(reduceMean(mul(difference, difference), [1, 2, 3]), [batch])
  const loss = reshape(reduceSum(mul(errors, input('coefficients', [batch])), [0]), [])
  return makeGraph(graph.name, new Map([...graph.outputs, ['errors', errors], ['loss', loss]]))
}
