import { EngineError } from '../contract/failures.ts'
import { ndArray, sameShape, type NdArray } from './nd-array.ts'

/** A weight and the array it applies to. */
export type Term = readonly [weight: number, array: NdArray]

/**
 * Σ weight · array over all terms, summed in double precision and rounded once.
 *
 * @param terms  at least one; all of one shape
 * @throws EngineError 'shape-mismatch'
 */
export const weightedSum = (...terms: readonly [Term, ...Term[]]): NdArray => {
  const [first, second, ...others] = terms
  const { shape } = first[1]
  for (const [, array] of terms) expectSameShape('weightedSum', array, first[1])
  if (second === undefined) return scale(first[1], first[0])
  const data = new Float32Array(first[1].data.length)
  if (others.length === 0) addTwo(data, first, second)
  else addAll(data, terms)
  return { shape, data }
}

/** Nearly every sum has two terms: without a buffer of doubles it is four times as fast. */
const addTwo = (result: Float32Array, [weightA, a]: Term, [weightB, b]: Term): void => {
  for (let i = 0; i < result.length; i += 1) result[i] = weightA * at(a.data, i) + weightB * at(b.data, i)
}

const addAll = (result: Float32Array, terms: readonly Term[]): void => {
  const sum = new Float64Array(result.length)
  for (const [weight, { data }] of terms) {
    // `as`: both are as long as the shape says
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] as number) + weight * at(data, i)
  }
  result.set(sum)
}

/** a + b, element by element. @throws EngineError 'shape-mismatch' */
export const add = (a: NdArray, b: NdArray): NdArray => weightedSum([1, a], [1, b])

/** factor · a. */
export const scale = ({ shape, data }: NdArray, factor: number): NdArray => ({
  shape,
  data: data.map((value) => factor * value),
})

/** (1 − share) · from + share · to. @throws EngineError 'shape-mismatch' */
export const lerp = (from: NdArray, to: NdArray, share: number): NdArray => weightedSum([1 - share, from], [share, to])

/**
 * Standard deviation of all elements, with n − 1 in the denominator as `torch.std` has it; float64 inside.
 *
 * @returns NaN for fewer than two elements
 */
export const standardDeviation = ({ data }: NdArray): number => {
  let sum = 0
  for (let i = 0; i < data.length; i += 1) sum += at(data, i)
  const mean = sum / data.length
  let squares = 0
  for (let i = 0; i < data.length; i += 1) squares += (at(data, i) - mean) ** 2
  return Math.sqrt(squares / (data.length - 1))
}

/**
 * Cosine of the angle between two arrays taken as vectors, −1 … 1, float64 inside.
 *
 * @returns NaN when one of them is zero
 * @throws EngineError 'shape-mismatch'
 */
export const cosine = (a: NdArray, b: NdArray): number => {
  expectSameShape('cosine', b, a)
  let product = 0
  let squaresA = 0
  let squaresB = 0
  for (let i = 0; i < a.data.length; i += 1) {
    const left = at(a.data, i)
    const right = at(b.data, i)
    product += left * right
    squaresA += left * left
    squaresB += right * right
  }
  return product / Math.sqrt(squaresA * squaresB)
}

/** The samples of a batch, [B, ...] → B arrays [1, ...] that share its memory. */
export const samplesOf = ({ shape, data }: NdArray): readonly NdArray[] => {
  const [count = 1, ...rest] = shape
  const size = data.length / count
  return Array.from({ length: count }, (_, i) => ({
    shape: [1, ...rest],
    data: data.subarray(i * size, (i + 1) * size),
  }))
}

/** One batch of all samples, B arrays [1, ...] → [B, ...]; B ≥ 1. @throws EngineError 'shape-mismatch' */
export const stackSamples = (samples: readonly NdArray[]): NdArray => {
  const [first] = samples
  if (first === undefined) {
    throw new EngineError('shape-mismatch', { where: 'stackSamples', found: 'no sample', expected: 'at least one' })
  }
  if (samples.length === 1) return first
  const data = new Float32Array(first.data.length * samples.length)
  for (const [i, sample] of samples.entries()) {
    expectSameShape('stackSamples', sample, first)
    data.set(sample.data, i * first.data.length)
  }
  return ndArray([samples.length, ...first.shape.slice(1)], data)
}

/** @throws EngineError 'shape-mismatch' when the shapes differ */
export const expectSameShape = (where: string, found: NdArray, expected: NdArray): void => {
  if (sameShape(found.shape, expected.shape)) return
  throw new EngineError('shape-mismatch', {
    where,
    found: `shape [${found.shape.join(', ')}]`,
    expected: `[${expected.shape.join(', ')}]`,
  })
}

/** `as`: every index in this file is below the length, which the shapes guarantee. */
const at = (data: Float32Array, index: number): number => data[index] as number
