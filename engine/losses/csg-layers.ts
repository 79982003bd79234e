import type { AttentionLayer } from '../networks/attention-layers.ts'
import { regionLayers } from './region-layers.ts'

/** The layers of one size that composite scenes are read from. */
export interface CsgLayers {
  /** Those that look at the prompt; never empty where a network has any. */
  readonly words: readonly AttentionLayer[]
  /** Those that look at the picture itself; may be empty. */
  readonly places: readonly AttentionLayer[]
}

/** 16 x 16, the maps that the source uses at 512 pixels. */
const wantedPositions = 256

/**
 * The region layers of the up path (where a network has none there: all of them) whose maps are nearest to 256 positions,
 * and the layers of the same part and size that look at the picture.
 *
 * @source arXiv:2407.13609, official code: cross- and self-attention of the up blocks at 16 x 16
 */
export const csgLayers = (layers: readonly AttentionLayer[]): CsgLayers => {
  const readable = regionLayers(layers)
  const up = readable.filter(isUp)
  const candidates = up.length > 0 ? up : readable
  const nearest = Math.min(...candidates.map(distanceOf))
  const words = candidates.filter((layer) => distanceOf(layer) === nearest)
  const [first] = words
  const places = layers.filter(
    (layer) =>
      layer.looksAt === 'picture' &&
      layer.height === first?.height &&
      layer.width === first.width &&
      (up.length === 0 || isUp(layer)),
  )
  return { words: words.filter(({ height }) => height === first?.height), places }
}

const isUp = ({ key }: AttentionLayer): boolean => key.startsWith('up_blocks')

/** In doublings, so that half and twice are equally far. */
const distanceOf = ({ height, width }: AttentionLayer): number =>
  Math.abs(Math.log2((height * width) / wantedPositions))
