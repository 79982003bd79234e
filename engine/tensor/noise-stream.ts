import { stackSamples } from './arithmetic.ts'
import type { NdArray, Shape } from './nd-array.ts'
import { sphericalLerp } from './spherical-lerp.ts'
import { TorchGenerator } from './torch-noise.ts'

export interface NoiseStreamRequest {
  /** One per image of the batch, at least one. */
  readonly seeds: readonly bigint[]
  /** Of one image's latents, [C, h, w]. */
  readonly shape: Shape
  /** Moves the first noise of every image towards that of its variation seed; the noise of later steps stays. */
  readonly variation?: Variation
}

export interface Variation {
  /** One per image. */
  readonly seeds: readonly bigint[]
  /** 0 (none) … 1 (only the variation seed) */
  readonly strength: number
}

/** All noise that making a batch of pictures takes; the same call gives the same noise, in any order. */
export interface NoiseStream {
  /** What the pictures start from, [B, C, h, w]. */
  readonly start: () => NdArray
  /** What a noisy sampler adds in step `callIndex` (0-based), [B, C, h, w]. */
  readonly ofCall: (callIndex: number) => NdArray
}

/**
 * Noise as diffusers and A1111 (with its noise on the CPU) draw it: every image has a generator of its own that first
 * gives the starting noise and then one array per noisy step. So a picture does not depend on its place in a batch.
 */
export const noiseStream = ({ seeds, shape, variation }: NoiseStreamRequest): NoiseStream => {
  const drawn = seeds.map((seed) => drawsOf(seed, shape))
  const varied = (noise: NdArray, image: number): NdArray => {
    const seed = variation?.seeds[image]
    if (variation === undefined || variation.strength === 0 || seed === undefined) return noise
    return sphericalLerp(noise, new TorchGenerator(seed).randn(noise.shape), variation.strength)
  }
  return {
    start: () => stackSamples(drawn.map((draw, image) => varied(draw(0), image))),
    ofCall: (callIndex) => stackSamples(drawn.map((draw) => draw(callIndex + 1))),
  }
}

/** The n-th array that a fresh generator draws; asking in order costs nothing extra. */
const drawsOf = (seed: bigint, shape: Shape): ((index: number) => NdArray) => {
  let generator = new TorchGenerator(seed)
  let position = 0
  return (index) => {
    if (index < position) {
      generator = new TorchGenerator(seed)
      position = 0
    }
    for (; position < index; position += 1) generator.randn(shape)
    position += 1
    return generator.randn([1, ...shape])
  }
}
