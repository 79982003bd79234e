import { join } from 'node:path'
import { readClipConfig } from '../../../engine/checkpoint/config/clip-config.ts'
import { clipImageGraph, clipTextScoreGraph } from '../../../engine/networks/clip/clip-score-graphs.ts'
import { endPosition } from '../../../engine/networks/clip/end-position.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind } from '../case-kind.ts'
import { compare, readConfig, readExpected, readWeights } from './read-case.ts'
import { runGraph } from './run-graph.ts'

/** CLIPModel: embeddings of pictures and captions, and how well they fit. */
export const clipScoreCase: CaseKind = {
  name: 'clip-score',
  matches: (caseName) => caseName === 'clip-score',
  check: async (folder, run = runGraph) => {
    const expected = await readExpected(folder)
    const config = readClipConfig(await readConfig(folder, 'clip'))
    const weights = await readWeights(join(folder, 'clip/model.safetensors'))
    const recorded = await expected.read('input_ids')
    const [batch = 1, tokens = 1] = recorded.shape
    const ends = Array.from({ length: batch }, (_, row) => {
      const ids = Array.from(recorded.data.subarray(row * tokens, (row + 1) * tokens))
      return BigInt(row * tokens + endPosition(ids, config.text_config.eos_token_id))
    })
    const { embedding: text, scale } = await run(clipTextScoreGraph(weights, config, batch), {
      ids: { shape: recorded.shape, data: BigInt64Array.from(recorded.data, BigInt) },
      end_positions: { shape: [batch], data: BigInt64Array.from(ends) },
    })
    const picture = await expected.read('pixel_values')
    const { embedding: image } = await run(clipImageGraph(weights, config, picture.shape[0] ?? 1), { picture })
    return {
      tolerance: 1e-4,
      rows: [
        compare('text_embeds', text, await expected.read('text_embeds')),
        compare('image_embeds', image, await expected.read('image_embeds')),
        compare('logits_per_image', logits(image, text, scale?.data[0]), await expected.read('logits_per_image')),
      ],
    }
  },
}

/** scale · image · textᵀ, [pictures, captions]. */
const logits = (image: NdArray | undefined, text: NdArray | undefined, scale = NaN): NdArray | undefined => {
  if (image === undefined || text === undefined) return undefined
  const [pictures = 1, width = 1] = image.shape
  const captions = text.shape[0] ?? 1
  const data = Float32Array.from({ length: pictures * captions }, (_, i) => {
    const [row, column] = [Math.floor(i / captions), i % captions]
    let sum = 0
    for (let k = 0; k < width; k += 1)
      sum += (image.data[row * width + k] ?? NaN) * (text.data[column * width + k] ?? NaN)
    return scale * sum
  })
  return { shape: [pictures, captions], data }
}
