import type { EmbeddingShelf, FoundEmbedding } from '../checkpoint/embedding-shelf.ts'
import { openEmbedding } from '../checkpoint/open-embedding.ts'
import type { GenerateRequest } from '../contract/records.ts'
import type { PromptEmbedding } from '../methods/prompt-embeddings.ts'
import type { PromptEncoder } from '../methods/prompt-encoder.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { HeldModel } from './model-holder.ts'
import { noteLine } from './note-line.ts'

interface EmbeddingRequest {
  readonly request: GenerateRequest
  /** Folders and files. */
  readonly places: readonly string[]
}

/** A model's prompts with the textual inversions that a request may name. */
export interface UsedEmbeddings {
  readonly prompts: PromptEncoder
  /** Files whose vectors were read so far: what a drawn picture was made with. */
  readonly usedPaths: () => readonly string[]
  readonly notes: readonly string[]
}

/** Lets the prompts of a request name the textual inversions that lie in the given places. */
export const useEmbeddings = async (
  shelf: EmbeddingShelf,
  { machine, prompts }: HeldModel,
  { request, places }: EmbeddingRequest,
): Promise<UsedEmbeddings> => {
  const used = new Set<string>()
  if (places.length === 0) return { prompts, usedPaths: () => [], notes: [] }
  const { embeddings, pickles } = await shelf.find(places)
  const widths = machine.traits.towers.map(({ width }) => width)
  const fits = (found: FoundEmbedding): boolean => found.widths.join() === widths.join()
  const text = textOf(request)
  const named = new Map<string, PromptEmbedding>()
  for (const found of embeddings.filter(fits)) {
    // ComfyUI has `embedding:` before the name.
    for (const name of found.names.flatMap((plain) => [plain, `embedding:${plain}`])) {
      if (!named.has(name) && mayName(text, name)) named.set(name, promptEmbedding(found, widths, used))
    }
  }
  const foreign = embeddings
    .filter((found) => !fits(found))
    .flatMap(({ names, widths: own }) => names.map((name) => ({ name, own })))
    .filter(({ name }) => !named.has(name) && isWord(text, name))
  return {
    prompts: named.size === 0 ? prompts : prompts.withEmbeddings(named),
    usedPaths: () => [...used],
    notes: [
      ...foreign.map(({ name, own }) => noteLine('embedding-of-other-model', `${name} (${own.join(' and ')} wide)`)),
      ...pickles
        .filter((name) => !named.has(name) && isWord(text, name))
        .map((name) => noteLine('embedding-pickle', name)),
    ],
  }
}

const promptEmbedding = (
  { path, vectors }: FoundEmbedding,
  widths: readonly number[],
  used: Set<string>,
): PromptEmbedding => {
  let opened: Promise<readonly NdArray[]> | undefined
  return {
    vectors,
    read: () => {
      used.add(path)
      return (opened ??= openEmbedding(path, widths).then((embedding) => embedding.vectors))
    },
  }
}

const textOf = ({ prompt, negative, layout }: GenerateRequest): string =>
  [prompt, negative, ...(layout?.regions ?? []).map(({ phrase }) => phrase)].join('\n').toLowerCase()

const withoutSpace = (text: string): string => text.replace(/\s+/g, '')

/** Whether the name's tokens could stand somewhere in the text: a folder may hold a thousand names. */
const mayName = (text: string, name: string): boolean => withoutSpace(text).includes(withoutSpace(name.toLowerCase()))

/** Whether the name stands in the text as a word of its own. */
const isWord = (text: string, name: string): boolean => {
  const sought = name.toLowerCase()
  for (let at = text.indexOf(sought); at !== -1; at = text.indexOf(sought, at + 1)) {
    const around = [text[at - 1], text[at + sought.length]]
    if (around.every((letter) => letter === undefined || !/[\p{L}\p{N}_]/u.test(letter))) return true
  }
  return false
}
