import { constant } from '../../../engine/graph/ops.ts'
import type { Params } from '../../../engine/graph/params.ts'
import type { Value } from '../../../engine/graph/value.ts'
import { sizeOf, type Shape } from '../../../engine/tensor/nd-array.ts'
import { seeded } from '../seeded.ts'

/**
 * Weights of a network without a checkpoint: matrices and kernels of variance 1/fan-in, so that numbers keep their size,
 * and norms and biases that are not 1 and 0, so that mistakes in them show. Each key gives the same weight every time.
 */
export const randomParams = (seed = 1): Params => {
  const known = new Map<string, Value>()
  const ask = (key: string, shape: Shape, offset: number, spread: number): Value => {
    const random = seeded(seed + known.size)
    const value =
      known.get(key) ??
      constant({
        shape,
        data: Float32Array.from({ length: sizeOf(shape) }, () => offset + spread * (2 * random() - 1)),
      })
    known.set(key, value)
    return value
  }
  const paramsAt = (path: string): Params => {
    const join = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`)
    return {
      path,
      at: (name) => paramsAt(join(name)),
      weight: (shape) => {
        const fanIn = sizeOf(shape) / (shape[0] ?? 1)
        return shape.length === 1
          ? ask(join('weight'), shape, 1, 0.3)
          : ask(join('weight'), shape, 0, Math.sqrt(3 / fanIn))
      },
      bias: (shape) => ask(join('bias'), shape, 0, 0.3),
      tensor: (name, shape) => ask(join(name), shape, 0, 0.3),
      has: () => true,
    }
  }
  return paramsAt('')
}
