import { sizeOf } from '../../tensor/nd-array.ts'
import { cast, equal, greater, indices, matmul, reshape, where } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'

export const selectionRules: Rules<'relu' | 'clip' | 'greater' | 'equal' | 'where' | 'gather'> = {
  relu: (g, { x }) => ({ x: () => where(greater(x, scalarLike(x, 0)), g, scalarLike(g, 0)) }),
  // 1 at the bounds, 0 beyond them.
  clip: (g, { x }, y) => ({ x: () => where(equal(x, y), g, scalarLike(g, 0)) }),
  greater: 'blocked',
  equal: 'blocked',
  where: (g, { condition }) => ({
    condition: 'blocked',
    a: () => where(condition, g, scalarLike(g, 0)),
    b: () => where(condition, scalarLike(g, 0), g),
  }),
  gather: (g, { x, indices: positions }, { attributes: { axis } }) => ({
    x: () => scatter(g, x, positions, axis),
    indices: 'blocked',
  }),
}

/** Adds each slice of g to where it was taken from, as a product with the matrix that is 1 where position = index. */
const scatter = (g: Value, x: Value, positions: Value, axis: number): Value => {
  const [before, length, after] = [sizeOf(x.shape.slice(0, axis)), x.shape[axis] ?? 1, sizeOf(x.shape.slice(axis + 1))]
  const taken = sizeOf(positions.shape)
  const every = reshape(indices([...Array(length).keys()]), [length, 1])
  const origin = cast(equal(every, reshape(cast(positions, 'int64'), [1, taken])), g.dtype) // [length, taken]
  return reshape(matmul(origin, reshape(g, [before, taken, after])), x.shape)
}
