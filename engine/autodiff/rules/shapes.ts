import { pad, reshape, reverse, slice, transpose } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'

export const shapeRules: Rules<'reshape' | 'transpose' | 'expand' | 'concat' | 'slice' | 'reverse' | 'pad'> = {
  reshape: (g, { x }) => ({ x: () => reshape(g, x.shape) }),
  transpose: (g, _, { attributes: { permutation } }) => ({
    x: () =>
      transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  }),
  expand: (g) => ({ x: () => g }),
  concat: (g, _, { inputs, attributes: { axis } }) => ({ x: (index) => partOf(g, inputs, index, axis) }),
  slice: (g, { x }, { attributes: { axis, start, end } }) => ({
    x: () => pad(g, axis, start, (x.shape[axis] ?? end) - end),
  }),
  reverse: (g, _, { attributes: { axes } }) => ({ x: () => reverse(g, axes) }),
  pad: (g, { x }, { attributes: { axis, before } }) => ({
    x: () => slice(g, axis, before, before + (x.shape[axis] ?? 0)),
  }),
}

const partOf = (g: Value, parts: readonly Value[], index: number, axis: number): Value => {
  const lengths = parts.map((part) => part.shape[axis] ?? 0)
  const start = lengths.slice(0, index).reduce((sum, length) => sum + length, 0)
  return slice(g, axis, start, start + (lengths[index] ?? 0))
}
