import { csgLayers } from '../losses/csg-layers.ts'
import type { AttendCall, RegionInput } from '../machine/machine.ts'
import type { AttentionLayer } from '../networks/attention-layers.ts'
import { sharedTokensInput, sharesInput } from '../networks/redistribute-attention.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** Share of a region's positions that its loss looks at, and of those how many stand for the region. */
const topShare = 0.8
const keptShare = 0.5

/** Which regions compete, and how many positions of each count, for `csgLoss`. Beyond `regions`, places have no rivals. */
export const csgFeeds = (
  regions: readonly RegionInput[],
  layers: readonly AttentionLayer[],
  room: number,
): Record<string, NdArray> => {
  const [{ height, width } = { height: 1, width: 1 }] = csgLayers(layers).words
  const inside = new Float32Array(room).fill(1)
  const outside = new Float32Array(room).fill(1)
  const rivals = new Float32Array(room * room)
  for (const [i, region] of regions.entries()) {
    const area = region.coverage(height, width).data.reduce((sum, share) => sum + share, 0)
    const most = Math.max(1, Math.floor(topShare * area))
    inside[i] = most
    outside[i] = Math.max(1, Math.round(keptShare * most))
    for (const [j, other] of regions.entries()) rivals[i * room + j] = isRival(region, other) ? 1 : 0
  }
  return {
    inside_counts: { shape: [room], data: inside },
    outside_counts: { shape: [room], data: outside },
    rivals: { shape: [room, room], data: rivals },
  }
}

/** Regions of the same words do not compete. */
const isRival = (region: RegionInput, other: RegionInput): boolean =>
  !region.tokens.some((token) => other.tokens.includes(token))

/** The tokens that regions share, and for every map size where each of them belongs, for `redistributeAttention`. */
export const redistributionFeeds = (
  { redistribute }: AttendCall,
  layers: readonly AttentionLayer[],
  tokens: number,
): Record<string, NdArray> => {
  if (redistribute === undefined) return {}
  const shared = new Float32Array(tokens)
  for (const token of redistribute.regions.flatMap((region) => region.tokens)) shared[token] = 1
  const feeds: Record<string, NdArray> = { [sharedTokensInput]: { shape: [tokens], data: shared } }
  for (const { height, width } of csgLayers(layers).words) {
    feeds[sharesInput(height * width)] ??= sharesOf(redistribute.regions, { height, width, tokens })
  }
  return feeds
}

const sharesOf = (
  regions: readonly RegionInput[],
  { height, width, tokens }: { readonly height: number; readonly width: number; readonly tokens: number },
): NdArray => {
  const data = new Float32Array(height * width * tokens)
  for (const region of regions) {
    for (const [position, share] of region.coverage(height, width).data.entries()) {
      for (const token of region.tokens) {
        const index = position * tokens + token
        data[index] = (data[index] ?? 0) + share / region.tokens.length
      }
    }
  }
  return { shape: [height * width, tokens], data }
}
