import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import { readWeight } from '../../../engine/checkpoint/read-tensor.ts'
import type { TokenVector } from '../../../engine/machine/machine.ts'
import { promptEncoder } from '../../../engine/methods/prompt-encoder.ts'
import { openMachine } from '../../../engine/runtime/open-machine.ts'
import { ndArray, type NdArray } from '../../../engine/tensor/nd-array.ts'
import { relativeError } from '../../reference/relative-error.ts'

const files = await openModelFolder(join(import.meta.dirname, '../../../models/starter'))
const machine = openMachine(files, { threads: 1 })
afterAll(() => machine.close())

/** Row `id` of the tower's own token embedding: a vector that must act as the token itself does. */
const vectorOf = async ({ textEncoders }: ModelFiles, id: number): Promise<Float32Array> => {
  const weights = textEncoders[0]?.weights
  const view =
    weights?.get('text_model.embeddings.token_embedding.weight') ?? weights?.get('embeddings.token_embedding.weight')
  if (view === undefined) throw new Error('the model has no token embedding')
  const { shape, data } = await readWeight(view)
  const width = shape[1] ?? 0
  return data.slice(id * width, (id + 1) * width)
}

const [tower] = machine.traits.towers
if (tower === undefined) throw new Error('the model has no text encoder')
const { state, maxTokens } = tower
/** The same numbers through another graph: the order of summation may differ, nothing else. */
const bar = 1e-5

describe('vectors in the place of tokens', () => {
  it('act as the tokens whose vectors they are, in each row for itself', async () => {
    const { startId, endId } = promptEncoder(machine).tokenizer(tower)
    const row = (...ids: readonly number[]): number[] =>
      Array.from({ length: maxTokens }, (_, i) => [startId, ...ids][i] ?? endId)
    const wanted = [row(40, 41, 42), row(43, 44)]
    const written = [row(40, 0, 42), row(0, 44)]
    const vectors: TokenVector[] = [
      { row: 0, position: 2, vector: await vectorOf(files, 41) },
      { row: 1, position: 1, vector: await vectorOf(files, 43) },
    ]
    const expected = await machine.encodeText({ tower: 0, ids: wanted, state })
    const ours = await machine.encodeText({ tower: 0, ids: written, state, vectors })
    expect(relativeError(ours.states.data, expected.states.data)).toBeLessThan(bar)
    expect(relativeError(ours.pooled.data, expected.pooled.data)).toBeLessThan(bar)
  })

  it('stand where a prompt names their textual inversion, weights included', async () => {
    const plain = promptEncoder(machine)
    const ids = plain
      .tokenizer(tower)
      .encode('red dog')
      .map(({ id }) => id)
    const rows = await Promise.all(ids.map((id) => vectorOf(files, id)))
    const width = tower.width
    const joined = new Float32Array(rows.length * width)
    for (const [i, row] of rows.entries()) joined.set(row, i * width)
    const vectors: readonly NdArray[] = [ndArray([rows.length, width], joined)]
    const named = plain.withEmbeddings(
      new Map([['my-thing', { vectors: rows.length, read: () => Promise.resolve(vectors) }]]),
    )
    const options = { steps: 1, seed: 0n }
    const encodeOptions = { chunks: 1, isNegative: false }
    const [expected] = await plain.encode(plain.read('a (red dog:1.3) at night', options), encodeOptions)
    const ours = named.read('a (my-thing:1.3) at night', options)
    const [encoded] = await named.encode(ours, encodeOptions)
    expect(ours.notes).toEqual([])
    expect(encoded).toBeDefined()
    expect(
      relativeError(encoded?.conditioning.context.data ?? [], expected?.conditioning.context.data ?? []),
    ).toBeLessThan(bar)
  })
})
