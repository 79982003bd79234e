import type { BufferEvent } from './buffer-plan.ts'

/** A piece of a region, in use or free. */
interface Chunk {
  readonly region: Region
  readonly start: number
  size: number
  isFree: boolean
}

/** Memory that the arena got from the system in one piece; only what was once used is resident. */
interface Region {
  readonly chunks: Chunk[]
  usedBytes: number
}

const alignment = 256
const firstRegionBytes = 2 ** 20
const largestGrowthBytes = 2 ** 30
/** A free chunk is cut when it is twice too large, or by this much. */
const wasteLimitBytes = 128 * 2 ** 20

/**
 * Plays taking and giving of buffers on ONNX Runtime's arena: best-fitting chunk first, regions that double in size.
 *
 * @param events  one run; it is played twice, since the second finds other free chunks than the first
 * @returns bytes that are resident afterwards; the arena gives nothing back
 * @source onnxruntime 1.30, core/framework/bfc_arena.cc
 */
export const simulateArena = (events: readonly BufferEvent[]): number => {
  const arena = new Arena()
  for (let run = 0; run < 2; run += 1) {
    for (const { kind, buffer, bytes } of events) {
      if (kind === 'take') arena.take(buffer, bytes)
      else arena.give(buffer)
    }
    arena.giveAll()
  }
  return arena.residentBytes()
}

class Arena {
  readonly #regions: Region[] = []
  readonly #held = new Map<string, Chunk>()
  #nextRegionBytes = firstRegionBytes

  take(buffer: string, bytes: number): void {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment)
    const chunk = this.#bestFit(size) ?? this.#grow(size)
    if (chunk.size >= 2 * size || chunk.size - size >= wasteLimitBytes) this.#cut(chunk, size)
    chunk.isFree = false
    chunk.region.usedBytes = Math.max(chunk.region.usedBytes, chunk.start + bytes)
    this.#held.set(buffer, chunk)
  }

  give(buffer: string): void {
    const chunk = this.#held.get(buffer)
    this.#held.delete(buffer)
    if (chunk === undefined) return
    chunk.isFree = true
    const { chunks } = chunk.region
    const place = chunks.indexOf(chunk)
    this.#join(chunks, place)
    this.#join(chunks, place - 1)
  }

  giveAll(): void {
    for (const buffer of [...this.#held.keys()]) this.give(buffer)
  }

  residentBytes(): number {
    return this.#regions.reduce((sum, { usedBytes }) => sum + usedBytes, 0)
  }

  #bestFit(size: number): Chunk | undefined {
    let best: Chunk | undefined
    for (const { chunks } of this.#regions) {
      for (const chunk of chunks) {
        if (chunk.isFree && chunk.size >= size && (best === undefined || chunk.size < best.size)) best = chunk
      }
    }
    return best
  }

  #grow(size: number): Chunk {
    let regionBytes = this.#nextRegionBytes
    while (regionBytes < size) regionBytes *= 2
    const fits = regionBytes === this.#nextRegionBytes
    this.#nextRegionBytes = fits ? Math.min(2 * regionBytes, Math.max(regionBytes, largestGrowthBytes)) : regionBytes
    const region: Region = { chunks: [], usedBytes: 0 }
    const chunk: Chunk = { region, start: 0, size: regionBytes, isFree: true }
    region.chunks.push(chunk)
    this.#regions.push(region)
    return chunk
  }

  #cut(chunk: Chunk, size: number): void {
    const { chunks } = chunk.region
    const rest: Chunk = { region: chunk.region, start: chunk.start + size, size: chunk.size - size, isFree: true }
    chunk.size = size
    chunks.splice(chunks.indexOf(chunk) + 1, 0, rest)
  }

  /** Joins the chunk at `place` with the one behind it when both are free. */
  #join(chunks: Chunk[], place: number): void {
    const [chunk, next] = [chunks[place], chunks[place + 1]]
    if (chunk?.isFree !== true || next?.isFree !== true) return
    chunk.size += next.size
    chunks.splice(place + 1, 1)
  }
}
