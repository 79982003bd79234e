import { EngineError } from '../contract/failures.ts'
import { sizeOf } from '../tensor/nd-array.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/**
 * How an output pixel is made: `area` averages all it covers, fractions included (for masks; equal to torch's 'area' at
 * whole ratios); the others are torch.nn.functional.interpolate's modes. `bilinear-corners` is align_corners=True.
 */
export type ResizeMode = 'area' | 'bilinear' | 'bilinear-corners' | 'nearest' | 'nearest-exact'

export interface Size {
  readonly height: number
  readonly width: number
}

/**
 * Resizes the last two axes.
 *
 * @param image  [..., H, W]
 * @returns      [..., height, width]; float64 in between, so within 1e-6 of torch's float32 for values of size 1
 * @throws EngineError 'bad-argument' when a side is not a whole number above 0; 'shape-mismatch' below two axes
 */
export const resize = ({ shape, data }: NdArray, { height, width }: Size, mode: ResizeMode): NdArray => {
  const [oldHeight, oldWidth] = shape.slice(-2)
  if (oldHeight === undefined || oldWidth === undefined) {
    throw new EngineError('shape-mismatch', { where: 'resize', found: `${shape.length} axes`, expected: 'at least 2' })
  }
  const columns = makeTaps[mode](oldWidth, checkedSide(width))
  const rows = makeTaps[mode](oldHeight, checkedSide(height))
  const outer = shape.slice(0, -2)
  const planes = sizeOf(outer)
  const result = new Float32Array(planes * height * width)
  for (let plane = 0; plane < planes; plane++) {
    const source = data.subarray(plane * oldHeight * oldWidth, (plane + 1) * oldHeight * oldWidth)
    resizePlane(source, oldWidth, columns, rows, result.subarray(plane * height * width, (plane + 1) * height * width))
  }
  return { shape: [...outer, height, width], data: result }
}

/** For each output position the first input it reads and the weights of that and the following ones; they sum to 1. */
type Taps = readonly { readonly first: number; readonly weights: Float64Array }[]

const resizePlane = (source: Float32Array, oldWidth: number, columns: Taps, rows: Taps, target: Float32Array): void => {
  const width = columns.length
  const oldHeight = source.length / oldWidth
  const narrow = new Float64Array(oldHeight * width)
  for (let y = 0; y < oldHeight; y++) {
    columns.forEach(({ first, weights }, x) => {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (source[y * oldWidth + first + k] ?? 0)
      narrow[y * width + x] = sum
    })
  }
  rows.forEach(({ first, weights }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (narrow[(first + k) * width + x] ?? 0)
      target[y * width + x] = sum
    }
  })
}

type MakeTaps = (from: number, to: number) => Taps

const areaTaps: MakeTaps = (from, to) =>
  positions(to, (i) => {
    const start = (i * from) / to
    const end = ((i + 1) * from) / to
    const first = Math.floor(start)
    const count = Math.min(from, Math.ceil(end)) - first
    const weights = new Float64Array(count)
    for (let k = 0; k < count; k++) {
      weights[k] = (Math.min(end, first + k + 1) - Math.max(start, first + k)) / (end - start)
    }
    return { first, weights }
  })

const linearTaps =
  (place: (i: number, from: number, to: number) => number): MakeTaps =>
  (from, to) =>
    positions(to, (i) => {
      const at = Math.min(from - 1, Math.max(0, place(i, from, to)))
      const first = Math.min(Math.floor(at), Math.max(0, from - 2))
      const rest = at - first
      return { first, weights: from === 1 ? Float64Array.of(1) : Float64Array.of(1 - rest, rest) }
    })

/** torch computes the place in float32 (with fused multiply-add), which decides where the ratio is not exact. */
const nearestTaps =
  (place: (i: number, scale: number) => number): MakeTaps =>
  (from, to) => {
    const scale = Math.fround(from / to)
    return positions(to, (i) => ({
      first: Math.min(from - 1, Math.floor(Math.fround(place(i, scale)))),
      weights: Float64Array.of(1),
    }))
  }

const makeTaps: Readonly<Record<ResizeMode, MakeTaps>> = {
  area: areaTaps,
  bilinear: linearTaps((i, from, to) => ((i + 0.5) * from) / to - 0.5),
  'bilinear-corners': linearTaps((i, from, to) => (to === 1 ? 0 : (i * (from - 1)) / (to - 1))),
  nearest: nearestTaps((i, scale) => i * scale),
  'nearest-exact': nearestTaps((i, scale) => Math.max(0, Math.fround((i + 0.5) * scale - 0.5)) + 0.5),
}

const positions = (count: number, make: (i: number) => Taps[number]): Taps =>
  Array.from({ length: count }, (_, i) => make(i))

const checkedSide = (side: number): number => {
  if (Number.isSafeInteger(side) && side > 0) return side
  throw new EngineError('bad-argument', {
    where: 'resize',
    found: `a side of ${side}`,
    expected: 'a whole number above 0',
  })
}
