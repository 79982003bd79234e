const rho = 7

/**
 * N sigmas from the largest to the smallest trained one, denser near the end.
 *
 * @param sigmas  of every training step, rising
 * @source Karras et al. 2022, arXiv:2206.00364, eq. 5 with ρ = 7
 */
export const karrasSigmas = (sigmas: Float32Array, steps: number): readonly number[] => {
  const smallest = (sigmas[0] ?? Number.NaN) ** (1 / rho)
  const largest = (sigmas.at(-1) ?? Number.NaN) ** (1 / rho)
  return Array.from({ length: steps }, (_, i) => {
    const share = steps === 1 ? 0 : i / (steps - 1)
    return (largest + share * (smallest - largest)) ** rho
  })
}

/** Sigma at a training step, between two of them by linear interpolation; outside, the nearest. */
export const sigmaAt = (sigmas: Float32Array, timestep: number): number => {
  const { low, share } = between(timestep, sigmas.length)
  const below = sigmas[low] ?? Number.NaN
  const above = sigmas[low + 1] ?? below
  return below + share * (above - below)
}

/** The training step of a sigma, between two of them by linear interpolation of ln sigma; outside, the nearest. */
export const timestepAt = (sigmas: Float32Array, sigma: number): number => {
  const above = sigmas.findIndex((known) => known > sigma)
  const low = Math.min(Math.max((above === -1 ? sigmas.length : above) - 1, 0), sigmas.length - 2)
  const logLow = logSigma(sigmas, low)
  const share = (logLow - Math.log(sigma)) / (logLow - logSigma(sigmas, low + 1))
  return low + Math.min(Math.max(share, 0), 1)
}

const logSigma = (sigmas: Float32Array, timestep: number): number =>
  Math.fround(Math.log(sigmas[timestep] ?? Number.NaN))

const between = (timestep: number, length: number): { readonly low: number; readonly share: number } => {
  const inside = Math.min(Math.max(timestep, 0), length - 1)
  const low = Math.floor(inside)
  return { low, share: inside - low }
}
