import { join } from 'node:path'
import type { ClipTextConfig } from '../../../engine/networks/clip/clip-text.ts'
import { clipTextGraph } from '../../../engine/networks/clip/clip-text-graph.ts'
import type { CaseKind } from '../case-kind.ts'
import { compare, readConfig, readExpected, readWeights } from './read-case.ts'
import { runGraph } from './run-graph.ts'
import { towerFeeds } from './tower-feeds.ts'

const last = { layersFromEnd: 0, isNormed: true }
const penultimate = { layersFromEnd: 1, isNormed: false }

/** CLIP text towers: states, pooled and projected vectors of recorded ids. */
export const clipTextCase: CaseKind = {
  name: 'clip-text',
  matches: (caseName) => caseName.startsWith('clip-text-'),
  check: async (folder, run = runGraph) => {
    const expected = await readExpected(folder)
    const config = await readConfig<ClipTextConfig>(folder, 'text_encoder')
    const weights = await readWeights(join(folder, 'text_encoder/model.safetensors'))
    const { sizes, feeds } = towerFeeds(await expected.read('input_ids'), config.eos_token_id)
    const atLast = await run(clipTextGraph(weights, config, sizes, last), feeds)
    const before = await run(clipTextGraph(weights, config, sizes, penultimate), feeds)
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
