import { EngineError } from '../contract/failures.ts'
import type { RawPicture } from '../contract/records.ts'

/**
 * Peak signal-to-noise ratio in decibels: 10 log10(255² / mean squared difference), over all channels.
 *
 * @returns Infinity for equal pictures
 * @throws EngineError 'shape-mismatch' when sides or channels differ
 */
export const psnr = (a: RawPicture, b: RawPicture): number => {
  checkAlike(a, b)
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += ((a.data[i] ?? 0) - (b.data[i] ?? 0)) ** 2
  return 10 * Math.log10((255 ** 2 * a.data.length) / sum)
}

/**
 * Structural similarity, 1 for equal pictures: Gaussian window of 11 x 11 with standard deviation 1.5, K1 = 0.01,
 * K2 = 0.03, mean over all windows that lie inside the picture and over the channels, in float64.
 *
 * @throws EngineError 'shape-mismatch' when sides or channels differ or a side is below 11
 * @source Wang et al. 2004, eq. 13 and section III.C; equal to scikit-image's structural_similarity with
 *         gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
 */
export const ssim = (a: RawPicture, b: RawPicture): number => {
  checkAlike(a, b)
  if (Math.min(a.width, a.height) < window.length) {
    throw new EngineError('shape-mismatch', {
      where: 'ssim',
      found: `a picture of ${a.width} x ${a.height}`,
      expected: `sides of at least ${window.length}`,
    })
  }
  let sum = 0
  for (let channel = 0; channel < a.channels; channel++) sum += ssimOfChannel(a, b, channel)
  return sum / a.channels
}

const window = ((): Float64Array => {
  const weights = Float64Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
})()

const ssimOfChannel = (a: RawPicture, b: RawPicture, channel: number): number => {
  const { width, height } = a
  const values = (make: (x: number, y: number) => number): Float64Array =>
    Float64Array.from({ length: width * height }, (_, i) => {
      const at = i * a.channels + channel
      return make(a.data[at] ?? 0, b.data[at] ?? 0)
    })
  const blurred = (make: (x: number, y: number) => number): Float64Array => blur(values(make), width, height)
  const meanA = blurred((x) => x)
  const meanB = blurred((_, y) => y)
  const squareA = blurred((x) => x * x)
  const squareB = blurred((_, y) => y * y)
  const product = blurred((x, y) => x * y)
  const c1 = (0.01 * 255) ** 2
  const c2 = (0.03 * 255) ** 2
  let sum = 0
  for (let i = 0; i < meanA.length; i++) {
    const [mA = 0, mB = 0] = [meanA[i], meanB[i]]
    const varianceA = (squareA[i] ?? 0) - mA * mA
    const varianceB = (squareB[i] ?? 0) - mB * mB
    const covariance = (product[i] ?? 0) - mA * mB
    sum += ((2 * mA * mB + c1) * (2 * covariance + c2)) / ((mA * mA + mB * mB + c1) * (varianceA + varianceB + c2))
  }
  return sum / meanA.length
}

/** [H, W] → [H - 10, W - 10]: windows inside the picture only. */
const blur = (values: Float64Array, width: number, height: number): Float64Array => {
  const narrow = width - window.length + 1
  const low = height - window.length + 1
  const rows = new Float64Array(narrow * height)
  for (let i = 0; i < rows.length; i++) {
    const at = Math.floor(i / narrow) * width + (i % narrow)
    for (let k = 0; k < window.length; k++) rows[i] = (rows[i] ?? 0) + (window[k] ?? 0) * (values[at + k] ?? 0)
  }
  const result = new Float64Array(narrow * low)
  for (let i = 0; i < result.length; i++) {
    for (let k = 0; k < window.length; k++)
      result[i] = (result[i] ?? 0) + (window[k] ?? 0) * (rows[i + k * narrow] ?? 0)
  }
  return result
}

const checkAlike = (a: RawPicture, b: RawPicture): void => {
  if (a.width === b.width && a.height === b.height && a.channels === b.channels && a.data.length === b.data.length)
    return
  const say = ({ width, height, channels }: RawPicture): string => `${width} x ${height} with ${channels} channels`
  throw new EngineError('shape-mismatch', { where: 'comparing pictures', found: say(b), expected: say(a) })
}
