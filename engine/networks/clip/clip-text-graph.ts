import { makeGraph, type Graph } from '../../graph/graph.ts'
import { input } from '../../graph/ops.ts'
import { readParams, refuseUnread } from '../../graph/params.ts'
import type { Value } from '../../graph/value.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import { ignoredKeys } from '../ignored-keys.ts'
import { clipText, clipTextAliases, type ClipTextConfig } from './clip-text.ts'

export interface ClipTextSizes {
  readonly batch: number
  readonly tokens: number
}

/**
 * Graph `clip-text`: inputs `ids` int64 [B, N] and `end_positions` int64 [B] (row · N + position); outputs `last` and
 * `penultimate` [B, N, C], `pooled` [B, C] and, where the checkpoint has a projection, `projected` [B, P].
 *
 * @throws EngineError as `readParams` and `refuseUnread`
 */
export const clipTextGraph = (
  weights: WeightTable,
  config: ClipTextConfig,
  { batch, tokens }: ClipTextSizes,
): Graph => {
  const reader = readParams('text encoder', weights, clipTextAliases)
  const ids = input('ids', [batch, tokens], 'int64')
  const states = clipText(reader.params, config, ids, input('end_positions', [batch], 'int64'))
  refuseUnread('text encoder', reader, ignoredKeys)
  const outputs: Record<string, Value> = { last: states.last, pooled: states.pooled }
  const penultimate = states.hiddenStates.at(-2)
  if (penultimate !== undefined) outputs['penultimate'] = penultimate
  if (states.projected !== undefined) outputs['projected'] = states.projected
  return makeGraph('clip-text', outputs)
}
