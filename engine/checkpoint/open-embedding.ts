import { basename } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import { ndArray, type NdArray } from '../tensor/nd-array.ts'
import { openCheckpoint, type Checkpoint } from './checkpoint.ts'
import { readTensor } from './read-tensor.ts'
import type { TensorEntry } from './safetensors.ts'

/** A textual inversion: vectors that take the place of tokens wherever its name stands in a prompt. */
export interface Embedding {
  /** The word of the prompt: the file's name without its ending, as every program has it. */
  readonly name: string
  /** The token that its maker wrote into the file (diffusers), such as `<cat-toy>`; works as a second name. */
  readonly token: string | null
  /** One per text encoder of the model, [vectors, width]; SDXL has two with the same number of vectors. */
  readonly vectors: readonly NdArray[]
}

/**
 * Opens a textual inversion in the forms of A1111 (`emb_params`), diffusers (a tensor named like its token) and SDXL
 * (`clip_l` and `clip_g`).
 *
 * @param widths  hidden_size of the model's text encoders, in their order
 * @throws EngineError 'weight-mismatch' when it was made for text encoders of other widths, 'format-unsupported' when the
 *         file is no embedding, and what `openCheckpoint` throws
 */
export const openEmbedding = async (path: string, widths: readonly number[]): Promise<Embedding> => {
  const checkpoint = await openCheckpoint(path)
  const where = basename(path)
  const found = findVectors(checkpoint)
  if (found === undefined) throw noEmbedding(where, checkpoint.tensors.size)
  const stored = found.entries.map(({ shape }) => shape.at(-1) ?? 0)
  if (stored.join() !== widths.join()) throw otherWidth(where, stored, widths)
  const vectors: NdArray[] = []
  for (const entry of found.entries) {
    const { shape, data } = await readTensor(checkpoint, entry.name)
    vectors.push(shape.length === 1 ? ndArray([1, ...shape], data) : { shape, data })
  }
  return { name: where.replace(/\.safetensors$/i, ''), token: found.token, vectors }
}

/** The tensors of an embedding in the order of the text encoders; undefined when the file is none. */
export const findVectors = ({
  tensors,
}: Pick<Checkpoint, 'tensors'>):
  { readonly entries: readonly TensorEntry[]; readonly token: string | null } | undefined => {
  const [large, big] = [tensors.get('clip_l'), tensors.get('clip_g')]
  if (large !== undefined && big !== undefined) {
    return areVectors(large) && areVectors(big) && large.shape.at(-2) === big.shape.at(-2)
      ? { entries: [large, big], token: null }
      : undefined
  }
  const single = tensors.get('emb_params') ?? (tensors.size === 1 ? [...tensors.values()][0] : undefined)
  if (single === undefined || !areVectors(single) || /\.(weight|bias)$/.test(single.name)) return undefined
  return { entries: [single], token: single.name === 'emb_params' ? null : single.name }
}

const areVectors = ({ shape }: TensorEntry): boolean =>
  (shape.length === 1 || shape.length === 2) && shape.every((side) => side > 0)

const noEmbedding = (where: string, count: number): EngineError =>
  new EngineError('format-unsupported', {
    where,
    found: `${count} tensors that are no textual inversion`,
    expected: '"emb_params", "clip_l" with "clip_g", or one tensor named like its token',
    remedy: 'Choose an embedding file.',
  })

const otherWidth = (where: string, stored: readonly number[], widths: readonly number[]): EngineError =>
  new EngineError('weight-mismatch', {
    where,
    found: `an embedding for text ${stored.join(' and ')} wide`,
    expected: `${widths.join(' and ')}, as this model's text encoder${widths.length > 1 ? 's' : ''}`,
    remedy: 'Use it with the kind of model it was made for (768: SD 1.x, 1024: SD 2.x, 768 and 1280: SDXL).',
  })
