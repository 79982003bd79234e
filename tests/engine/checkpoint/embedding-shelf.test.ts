import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EmbeddingShelf } from '../../../engine/checkpoint/embedding-shelf.ts'
import { writeSafetensors } from '../../../engine/checkpoint/write-safetensors.ts'
import { ndArray, sizeOf, type Shape } from '../../../engine/tensor/nd-array.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { loraFile } from './recorded-files.ts'

const scratch = useScratchFolders()

const put = (path: string, shapes: Readonly<Record<string, Shape>>): Promise<void> => {
  const tensors = Object.entries(shapes).map(
    ([name, shape]) => [name, ndArray(shape, new Float32Array(sizeOf(shape)))] as const,
  )
  return writeSafetensors(path, { tensors: new Map(tensors), metadata: {} }, { existing: 'replace' })
}

describe('EmbeddingShelf', () => {
  it('finds embeddings by name and token, names pickles, and passes over everything else', async () => {
    const folder = scratch()
    await put(join(folder, 'bad-hands.safetensors'), { emb_params: [3, 768] })
    await put(join(folder, 'learned_embeds.safetensors'), { '<cat-toy>': [768] })
    await put(join(folder, 'glow.safetensors'), { clip_l: [2, 768], clip_g: [2, 1280] })
    await cp(loraFile('lora/kohya'), join(folder, 'lora.safetensors'))
    await writeFile(join(folder, 'damaged.safetensors'), 'not a model')
    await writeFile(join(folder, 'old.pt'), 'PK')
    const { embeddings, pickles } = await new EmbeddingShelf().find([folder])
    expect(embeddings.map(({ names, vectors, widths }) => ({ names, vectors, widths })).sort(byName)).toEqual([
      { names: ['bad-hands'], vectors: 3, widths: [768] },
      { names: ['glow'], vectors: 2, widths: [768, 1280] },
      { names: ['learned_embeds', '<cat-toy>'], vectors: 1, widths: [768] },
    ])
    expect(pickles).toEqual(['old'])
  })

  it('takes a single file as well, and reads it again after it has changed', async () => {
    const path = join(scratch(), 'glow.safetensors')
    const shelf = new EmbeddingShelf()
    await put(path, { emb_params: [1, 768] })
    expect((await shelf.find([path])).embeddings[0]?.vectors).toBe(1)
    await put(path, { emb_params: [4, 768] })
    expect((await shelf.find([path])).embeddings[0]?.vectors).toBe(4)
  })

  it('finds nothing in a folder that is not there', async () => {
    expect(await new EmbeddingShelf().find([join(scratch(), 'nowhere')])).toEqual({ embeddings: [], pickles: [] })
  })
})

const byName = (a: { readonly names: readonly string[] }, b: { readonly names: readonly string[] }): number =>
  (a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1
