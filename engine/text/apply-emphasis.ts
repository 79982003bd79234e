import { EngineError } from '../contract/failures.ts'

/** Sizes of the hidden states of a prompt's chunks. */
export interface HiddenShape {
  readonly chunks: number
  readonly tokens: number
  readonly width: number
}

/**
 * Applies prompt weights to the final hidden states, as A1111's emphasis "Original" does: each token's vector is
 * multiplied by its weight, then each chunk by one factor that brings its mean back to what it was. "No norm" leaves that
 * factor out.
 *
 * @param hidden  final hidden states, [chunks, tokens, width]
 * @param weights one per token, [chunks, tokens]
 * @returns       a new array of the same shape; the same values where all weights are 1
 * @throws EngineError 'shape-mismatch' when the sizes disagree, 'numbers-not-finite' when the weights bring the mean to 0
 *   so that nothing can restore it
 * @source AUTOMATIC1111 stable-diffusion-webui 1.10, `sd_emphasis.py`; its tensor is one chunk
 */
export function applyEmphasis(
  hidden: Float32Array,
  weights: Float32Array,
  { chunks, tokens, width }: HiddenShape,
  emphasis: 'original' | 'no-norm' = 'original',
): Float32Array {
  checkSizes(hidden, weights, { chunks, tokens, width })
  const emphasized = new Float32Array(hidden.length)
  for (let chunk = 0; chunk < chunks; chunk++) {
    const from = chunk * tokens * width
    const states = hidden.subarray(from, from + tokens * width)
    const scaled = emphasized.subarray(from, from + tokens * width)
    const own = weights.subarray(chunk * tokens, (chunk + 1) * tokens)
    for (let i = 0; i < states.length; i++) scaled[i] = (states[i] ?? 0) * (own[Math.floor(i / width)] ?? 1)
    const isPlain = own.every((weight) => weight === 1)
    if (emphasis === 'original' && !isPlain) restoreMean(scaled, sum(states))
  }
  return emphasized
}

/** Sums in double precision; the mean is a small rest of large numbers. */
const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)

function restoreMean(scaled: Float32Array, wanted: number): void {
  const found = sum(scaled)
  if (found === wanted) return
  const factor = wanted / found
  if (!Number.isFinite(factor))
    throw new EngineError('numbers-not-finite', {
      where: 'prompt weights',
      found: `hidden states with the sum ${found} after weighting`,
      expected: 'a sum other than 0, to restore the mean from',
      remedy: 'Change one of the weights a little.',
    })
  for (let i = 0; i < scaled.length; i++) scaled[i] = (scaled[i] ?? 0) * factor
}

function checkSizes(hidden: Float32Array, weights: Float32Array, { chunks, tokens, width }: HiddenShape): void {
  if (hidden.length === chunks * tokens * width && weights.length === chunks * tokens) return
  throw new EngineError('shape-mismatch', {
    where: 'applyEmphasis',
    found: `${hidden.length} hidden values and ${weights.length} weights`,
    expected: `[${chunks}, ${tokens}, ${width}] and [${chunks}, ${tokens}]`,
  })
}
