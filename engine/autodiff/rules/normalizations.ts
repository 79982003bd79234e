import { add, div, mul, reduceMean, reduceSum, reshape, sqrt, sub } from '../../graph/ops.ts'
import type { Value } from '../../graph/value.ts'
import type { Rules } from '../rule.ts'
import { scalarLike } from '../scalar-like.ts'

export const normalizationRules: Rules<'groupNorm' | 'layerNorm'> = {
  layerNorm: (g, { x, scale }, { attributes: { epsilon } }) => {
    const statistics = statisticsOf(x, epsilon)
    return {
      x: () => throughNormalization(mul(g, scale), statistics),
      scale: () => reshape(sumButLast(mul(g, normalized(statistics))), [-1]),
      shift: () => reshape(sumButLast(g), [-1]),
    }
  },
  groupNorm: (g, { x, scale }, { attributes: { groups, epsilon } }) => {
    const [batch = 1, channels = 1] = x.shape
    const statistics = statisticsOf(reshape(x, [batch, groups, -1]), epsilon)
    return {
      x: () => {
        const scaled = mul(g, reshape(scale, [1, channels, 1, 1]))
        return reshape(throughNormalization(reshape(scaled, [batch, groups, -1]), statistics), x.shape)
      },
      scale: () => reshape(reduceSum(mul(g, reshape(normalized(statistics), x.shape)), [0, 2, 3]), [-1]),
      shift: () => reshape(reduceSum(g, [0, 2, 3]), [-1]),
    }
  },
}

/** Of the last axis. */
interface Statistics {
  /** x − mean. */
  readonly centered: Value
  /** 1/√(variance + ε), with side 1 along the last axis. */
  readonly inverse: Value
}

const statisticsOf = (x: Value, epsilon: number): Statistics => {
  const centered = sub(x, reduceMean(x, [-1]))
  const variance = reduceMean(mul(centered, centered), [-1])
  return { centered, inverse: div(scalarLike(x, 1), sqrt(add(variance, scalarLike(x, epsilon)))) }
}

const normalized = ({ centered, inverse }: Statistics): Value => mul(centered, inverse)

/** r · (g − mean g − c · r² · mean(g · c)) for c = x − mean and r = 1/√(variance + ε), along the last axis. */
const throughNormalization = (g: Value, { centered, inverse }: Statistics): Value => {
  const correlation = mul(mul(inverse, inverse), reduceMean(mul(g, centered), [-1]))
  return mul(inverse, sub(sub(g, reduceMean(g, [-1])), mul(centered, correlation)))
}

const sumButLast = (x: Value): Value => reduceSum(x, [...x.shape.keys()].slice(0, -1))
