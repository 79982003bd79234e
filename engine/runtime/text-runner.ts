import type { TextEncoderFiles } from '../checkpoint/model-files.ts'
import { clipTextGraph } from '../networks/clip/clip-text-graph.ts'
import { endPosition } from '../networks/clip/end-position.ts'
import { keptTokensInput, replaceTokens, tokenVectorsInput } from '../networks/clip/replace-tokens.ts'
import type { EncodedText, EncodeTextCall, TokenVector } from '../machine/machine.ts'
import { stackSamples } from '../tensor/arithmetic.ts'
import { ndArray, type NdArray } from '../tensor/nd-array.ts'
import { EngineError } from '../contract/failures.ts'
import type { LoadSession } from './load-session.ts'
import type { LorasOf } from './loras/network-loras.ts'

/** Runs a model's text towers, one row of ids at a time. */
export const textRunner =
  (towers: readonly TextEncoderFiles[], load: LoadSession, loras: LorasOf) =>
  async ({ tower, ids, state, vectors = [] }: EncodeTextCall): Promise<EncodedText> => {
    const files = towers[tower]
    if (files === undefined) {
      throw new EngineError('bad-argument', {
        where: 'encodeText',
        found: `tower ${tower}`,
        expected: `0 … ${towers.length - 1}`,
      })
    }
    const tokens = files.config.max_position_embeddings
    const lora = loras(tower === 0 ? 'text_encoder' : 'text_encoder_2')
    const key = `${tower} layer -${state.layersFromEnd}${state.isNormed ? ' normed' : ''} ${vectors.length > 0 ? 'with vectors ' : ''}${lora.key}`
    const session = load('text', key, {
      kept: () => {
        const graph = lora.attach(clipTextGraph(files.weights, files.config, { batch: 1, tokens }, state))
        return vectors.length > 0 ? replaceTokens(graph) : graph
      },
    })
    const rows = []
    for (const [index, row] of ids.entries()) {
      const end = endPosition(row, files.config.eos_token_id)
      const feeds = () => ({
        ids: ndArray([1, tokens], BigInt64Array.from(row, BigInt)),
        end_positions: ndArray([1], BigInt64Array.of(BigInt(end))),
        ...vectorFeeds(
          vectors.filter((vector) => vector.row === index),
          tokens,
          files.config.hidden_size,
        ),
        ...lora.feeds(),
      })
      rows.push(await session.run(feeds))
    }
    return { states: stack(rows.map(({ states }) => states)), pooled: stack(rows.map(({ pooled }) => pooled)) }
  }

/** Which tokens of a row keep their own vectors, and the vectors that take the place of the others. */
const vectorFeeds = (vectors: readonly TokenVector[], tokens: number, width: number): Record<string, NdArray> => {
  const kept = new Float32Array(tokens).fill(1)
  const replaced = new Float32Array(tokens * width)
  for (const { position, vector } of vectors) {
    kept[position] = 0
    replaced.set(vector, position * width)
  }
  return {
    [keptTokensInput]: ndArray([1, tokens, 1], kept),
    [tokenVectorsInput]: ndArray([1, tokens, width], replaced),
  }
}

/** Outputs [1, …] of one run each → [n, …]. */
const stack = (rows: readonly (NdArray | undefined)[]): NdArray => {
  const [first, ...others] = rows.filter((row) => row !== undefined)
  if (first !== undefined) return stackSamples([first, ...others])
  throw new EngineError('bad-argument', { where: 'encodeText', found: 'no rows of ids', expected: 'at least one' })
}
