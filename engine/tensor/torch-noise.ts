import { boxMuller16, boxMullerBlock } from './box-muller.ts'
import { MersenneTwister } from './mersenne-twister.ts'
import { sizeOf, type NdArray, type Shape } from './nd-array.ts'

/**
 * A stream of normal noise equal, to the bit, to that of `torch.Generator().manual_seed(seed)` on an x86 CPU with AVX2:
 * several calls continue one stream, as several `torch.randn(shape, generator=...)` do.
 */
export class TorchGenerator {
  readonly #twister: MersenneTwister
  #cachedNormal: number | undefined

  /** @param seed  only its lowest 32 bits count, as in torch */
  constructor(seed: bigint | number) {
    this.#twister = new MersenneTwister(seed)
  }

  /** Standard normal noise of `shape`, like `torch.randn(shape, generator=this)`, float32. */
  randn(shape: Shape): NdArray {
    const data = new Float32Array(sizeOf(shape))
    if (data.length < boxMullerBlock) data.forEach((_, i) => (data[i] = this.#nextNormal()))
    else this.#fill(data)
    return { shape, data }
  }

  #fill(data: Float32Array): void {
    this.#fillUniform(data, 0)
    for (let offset = 0; offset + boxMullerBlock <= data.length; offset += boxMullerBlock) boxMuller16(data, offset)
    if (data.length % boxMullerBlock === 0) return
    // torch draws the last 16 anew and so overwrites some that were done
    this.#fillUniform(data, data.length - boxMullerBlock)
    boxMuller16(data, data.length - boxMullerBlock)
  }

  #fillUniform(data: Float32Array, from: number): void {
    for (let i = from; i < data.length; i += 1) data[i] = (this.#twister.nextBits() & 0xffffff) * 2 ** -24
  }

  /** One value in double precision; the second of each pair waits for the next call, even in another `randn`. */
  #nextNormal(): number {
    const cached = this.#cachedNormal
    if (cached !== undefined) {
      this.#cachedNormal = undefined
      return cached
    }
    const turn = 2 * Math.PI * this.#nextDouble()
    const radius = Math.sqrt(-2 * Math.log1p(-this.#nextDouble()))
    this.#cachedNormal = radius * Math.sin(turn)
    return radius * Math.cos(turn)
  }

  /** Uniform in [0, 1) from 53 of 64 bits, the high word drawn first. */
  #nextDouble(): number {
    const high = this.#twister.nextBits() & 0x1fffff
    return (high * 2 ** 32 + this.#twister.nextBits()) * 2 ** -53
  }
}

/** `torch.randn(shape, generator=torch.Generator().manual_seed(seed))`. */
export const torchRandn = (shape: Shape, seed: bigint | number): NdArray => new TorchGenerator(seed).randn(shape)
