import { EngineError } from '../contract/failures.ts'
import { sameShape } from '../tensor/nd-array.ts'
import { topologicalOrder, type Graph } from './graph.ts'
import { inferResult } from './infer-shape.ts'
import { isOp, type Value } from './value.ts'

/**
 * Checks that every value's recorded shape and dtype are what its operator gives, that weight keys name one run of
 * bytes each, and that the graph has outputs. Run after transforms.
 *
 * @throws EngineError 'graph-invalid'
 */
export const verifyGraph = (graph: Graph): void => {
  if (graph.outputs.size === 0) {
    throw new EngineError('graph-invalid', {
      where: `graph ${graph.name}`,
      found: 'no outputs',
      expected: 'at least one',
    })
  }
  const offsets = new Map<string, number>()
  for (const value of topologicalOrder([...graph.outputs.values()])) {
    checkResult(graph, value)
    if (!isOp(value, 'initializer')) continue
    const { key, byteOffset } = value.attributes.view
    if ((offsets.get(key) ?? byteOffset) !== byteOffset) {
      throw new EngineError('graph-invalid', {
        where: `graph ${graph.name}`,
        found: `weight "${key}" at two places`,
        expected: 'one place for each key',
      })
    }
    offsets.set(key, byteOffset)
  }
}

const checkResult = (graph: Graph, value: Value): void => {
  const { shape, dtype } = inferResult(value.op, value.inputs, value.attributes, value.label)
  if (sameShape(shape, value.shape) && dtype === value.dtype) return
  throw new EngineError('graph-invalid', {
    where: `graph ${graph.name}, ${value.label ?? value.op}`,
    found: `${value.dtype}[${value.shape.join(', ')}]`,
    expected: `${dtype}[${shape.join(', ')}]`,
    remedy: 'A transform made this value without makeValue.',
  })
}
