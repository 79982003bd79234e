import type { AttentionLayer } from '../networks/attention-layers.ts'

/**
 * The layers that regions are read from unless somebody chooses: those that look at the prompt on the down and up paths
 * (not in the middle), with maps of 64 … 1,600 positions; where there are none, the two with the largest maps.
 */
export const regionLayers = (layers: readonly AttentionLayer[]): readonly AttentionLayer[] => {
  const promptLayers = layers.filter(({ looksAt }) => looksAt === 'prompt')
  const fitting = promptLayers.filter((layer) => !layer.key.startsWith('mid_block') && isReadable(layer))
  if (fitting.length > 0) return fitting
  return promptLayers.toSorted((a, b) => positionsOf(b) - positionsOf(a)).slice(0, 2)
}

const isReadable = (layer: AttentionLayer): boolean => positionsOf(layer) >= 64 && positionsOf(layer) <= 1600

const positionsOf = ({ height, width }: AttentionLayer): number => height * width
