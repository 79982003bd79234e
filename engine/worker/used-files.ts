import { basename } from 'node:path'
import type { Recipe, UsedFile } from '../contract/records.ts'
import type { CallArgs } from '../process/call-table.ts'
import type { FileHashes } from './file-hashes.ts'
import type { HeldModel } from './model-holder.ts'
import { oneLine } from './note-line.ts'
import type { WorkerCalls } from './protocol.ts'
import type { UsedLoras } from './use-loras.ts'

interface Drawn {
  readonly held: HeldModel
  readonly args: Pick<CallArgs<WorkerCalls, 'generate'>, 'modelHash' | 'vaePath'>
  readonly loras: UsedLoras
  readonly embeddingPaths: readonly string[]
}

/**
 * The files that a picture was drawn with, by name and content, for its recipe.
 *
 * @throws EngineError 'file-unreadable' | 'cancelled'
 */
export const usedFiles = async (
  { held: { files }, args: { modelHash, vaePath }, loras, embeddingPaths }: Drawn,
  hashes: FileHashes,
  signal: AbortSignal,
): Promise<Pick<Recipe, 'model' | 'vae' | 'loras' | 'embeddings'>> => {
  const used = async (path: string, weights = path): Promise<UsedFile> => ({
    name: oneLine(basename(path), mostName),
    hash: await hashes.of([weights], signal),
  })
  // What a model is called by is its UNet; a checkpoint in one file is one with it.
  const weights = files.unet.checkpoints.map(({ file }) => file)
  const usedLoras: Recipe['loras'] = []
  for (const { path, strength, textStrength } of loras.choices) {
    usedLoras.push({ ...(await used(path)), strength, textStrength })
  }
  const embeddings: UsedFile[] = []
  for (const path of embeddingPaths) embeddings.push(await used(path))
  return {
    model: { name: oneLine(files.name, mostName), hash: modelHash ?? (await hashes.of(weights, signal)) },
    // a VAE may be a folder: what is hashed is the file in it
    ...(vaePath !== undefined && { vae: await used(vaePath, files.vae.checkpoints[0]?.file) }),
    loras: usedLoras,
    ...(embeddings.length > 0 && { embeddings }),
  }
}

/** As long as a recipe takes. */
const mostName = 512
