import { join } from 'node:path'
import type { ClipTextConfig } from '../../../engine/networks/clip/clip-text.ts'
import { clipTextGraph } from '../../../engine/networks/clip/clip-text-graph.ts'
import { endPosition } from '../../../engine/networks/clip/end-position.ts'
import type { CaseKind } from '../case-kind.ts'
import { compare, readConfig, readExpected, readWeights } from './read-case.ts'
import { runGraph } from './run-graph.ts'

const last = { layersFromEnd: 0, isNormed: true }
const penultimate = { layersFromEnd: 1, isNormed: false }

/** CLIP text towers: states, pooled and projected vectors of recorded ids. */
export const clipTextCase: CaseKind = {
  name: 'clip-text',
  matches: (caseName) => caseName.startsWith('clip-text-'),
  check: async (folder) => {
    const expected = await readExpected(folder)
    const config = await readConfig<ClipTextConfig>(folder, 'text_encoder')
    const weights = await readWeights(join(folder, 'text_encoder/model.safetensors'))
    const recorded = await expected.read('input_ids')
    const [batch = 1, tokens = 1] = recorded.shape
    const ids = BigInt64Array.from(recorded.data, BigInt)
    const ends = Array.from({ length: batch }, (_, row) => {
      const rowIds = Array.from(recorded.data.subarray(row * tokens, (row + 1) * tokens))
      return BigInt(row * tokens + endPosition(rowIds, config.eos_token_id))
    })
    const feeds = {
      ids: { shape: [batch, tokens], data: ids },
      end_positions: { shape: [batch], data: BigInt64Array.from(ends) },
    }
    const sizes = { batch, tokens }
    const atLast = await runGraph(clipTextGraph(weights, config, sizes, last), feeds)
    const before = await runGraph(clipTextGraph(weights, config, sizes, penultimate), feeds)
    const pooled = expected.names.includes('pooled') ? 'pooled' : 'text_embeds'
    return {
      tolerance: 1e-4,
      rows: [
        compare('last', atLast['states'], await expected.read('last')),
        compare('penultimate', before['states'], await expected.read('penultimate')),
        compare(pooled, atLast['pooled'], await expected.read(pooled)),
      ],
    }
  },
}
