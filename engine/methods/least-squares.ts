import { EngineError } from '../contract/failures.ts'

/**
 * Collects the normal equations of `target ≈ weights · features` for several targets at once, then solves them.
 */
export class LeastSquares {
  readonly #features: number
  readonly #targets: number
  /** Features times features, row-major. */
  readonly #gram: Float64Array
  /** Features times targets. */
  readonly #moments: Float64Array

  constructor(features: number, targets: number) {
    this.#features = features
    this.#targets = targets
    this.#gram = new Float64Array(features * features)
    this.#moments = new Float64Array(features * targets)
  }

  add(features: ArrayLike<number>, targets: ArrayLike<number>): void {
    for (let i = 0; i < this.#features; i += 1) {
      const value = features[i] ?? 0
      for (let j = 0; j < this.#features; j += 1)
        accumulate(this.#gram, i * this.#features + j, value * (features[j] ?? 0))
      for (let k = 0; k < this.#targets; k += 1)
        accumulate(this.#moments, i * this.#targets + k, value * (targets[k] ?? 0))
    }
  }

  /**
   * Weights [targets][features] of least squared error, by Gaussian elimination with pivoting.
   *
   * @throws EngineError 'numbers-not-finite' when the features do not span their space
   */
  solve(): number[][] {
    const size = this.#features
    const rows = Array.from({ length: size }, (_, i) => [
      ...this.#gram.subarray(i * size, (i + 1) * size),
      ...this.#moments.subarray(i * this.#targets, (i + 1) * this.#targets),
    ])
    for (let column = 0; column < size; column += 1) eliminate(rows, column)
    return Array.from({ length: this.#targets }, (_, k) =>
      rows.map((row, i) => (row[size + k] ?? NaN) / (row[i] ?? NaN)),
    )
  }
}

const accumulate = (sums: Float64Array, index: number, value: number): void => {
  sums[index] = (sums[index] ?? 0) + value
}

/** Clears `column` in every row but its own. */
const eliminate = (rows: number[][], column: number): void => {
  const magnitude = (row: readonly number[]): number => Math.abs(row[column] ?? 0)
  const below = rows.slice(column)
  const pivot = below.reduce((best, row) => (magnitude(row) > magnitude(best) ? row : best), below[0] ?? [])
  if (magnitude(pivot) < 1e-12) {
    throw new EngineError('numbers-not-finite', {
      where: 'least squares',
      found: 'features that depend on each other',
      expected: 'independent ones',
    })
  }
  rows.splice(rows.indexOf(pivot), 1)
  rows.splice(column, 0, pivot)
  for (const row of rows) {
    if (row === pivot) continue
    const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
    for (let i = column; i < row.length; i += 1) row[i] = (row[i] ?? 0) - factor * (pivot[i] ?? 0)
  }
}
