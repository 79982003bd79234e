import { EngineError } from '../../contract/failures.ts'
import { makeGraph, type Graph } from '../../graph/graph.ts'
import { input } from '../../graph/ops.ts'
import { readParams, refuseUnread } from '../../graph/params.ts'
import type { TextState } from '../../machine/machine.ts'
import type { WeightTable } from '../../tensor/weight-view.ts'
import { ignoredKeys } from '../ignored-keys.ts'
import { clipText, clipTextAliases, finalNorm, type ClipTextConfig } from './clip-text.ts'

export interface ClipTextSizes {
  readonly batch: number
  readonly tokens: number
}

/**
 * Graph `clip-text`: inputs `ids` int64 [B, N] and `end_positions` int64 [B] (row · N + position); outputs `states`
 * [B, N, C], the layer that `state` names, and `pooled` [B, P], projected where the checkpoint has a projection.
 *
 * @throws EngineError 'bad-argument' for a state below the first layer, and as `readParams` and `refuseUnread`
 */
export const clipTextGraph = (
  weights: WeightTable,
  config: ClipTextConfig,
  { batch, tokens }: ClipTextSizes,
  state: TextState,
): Graph => {
  const reader = readParams('text encoder', weights, clipTextAliases)
  const ids = input('ids', [batch, tokens], 'int64')
  const tower = clipText(reader.params, config, ids, input('end_positions', [batch], 'int64'))
  refuseUnread('text encoder', reader, ignoredKeys)
  const chosen = tower.hiddenStates.at(-1 - state.layersFromEnd)
  if (chosen === undefined) {
    throw new EngineError('bad-argument', {
      where: 'text encoder',
      found: `clip skip ${state.layersFromEnd + 1}`,
      expected: `at most ${config.num_hidden_layers + 1}`,
    })
  }
  const states = state.isNormed ? finalNorm(reader.params, config, chosen) : chosen
  return makeGraph('clip-text', { states, pooled: tower.projected ?? tower.pooled })
}
