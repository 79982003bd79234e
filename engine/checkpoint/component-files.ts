import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/failures.ts'
import type { WeightTable } from '../tensor/weight-view.ts'
import { openCheckpoint, type Checkpoint } from './checkpoint.ts'
import { checkConfig } from './config/check-config.ts'
import type { RawConfig } from './config/parse-config-json.ts'
import { readConfigFile } from './read-text-file.ts'
import { viewOf, weightsOf } from './weight-table.ts'

/** One network of a model: what it is and where its weights lie. */
export interface ComponentFiles<Config> {
  /** Such as `unet`: for messages. */
  readonly name: string
  readonly config: Config
  readonly weights: WeightTable
  /** The files that hold the weights: one, or the shards. */
  readonly checkpoints: readonly Checkpoint[]
}

/**
 * Opens a folder with `config.json` and weights: one safetensors file or the shards of an index, in full precision if
 * there, else a variant such as `fp16`. `*.non_ema.*` is never chosen.
 *
 * @throws EngineError 'model-incomplete' (no weights, a shard is missing), 'file-unsafe' (only pickles), 'weight-missing'
 *         (a key that the index promises), and what `openCheckpoint` and `readConfig` throw
 */
export const openComponent = async <Config>(
  folder: string,
  readConfig: (raw: RawConfig, where: string) => Config,
  name = basename(folder),
): Promise<ComponentFiles<Config>> => {
  const where = `${name}/config.json`
  const config = readConfig(await readConfigFile(join(folder, 'config.json'), where), where)
  return { name, config, ...(await openWeights(folder, name)) }
}

type OpenedWeights = Pick<ComponentFiles<unknown>, 'weights' | 'checkpoints'>

const openWeights = async (folder: string, name: string): Promise<OpenedWeights> => {
  const files = await readdir(folder)
  for (const variant of variants) {
    const suffix = variant === '' ? '' : `.${variant}`
    for (const stem of stems) {
      const whole = `${stem}${suffix}.safetensors`
      if (files.includes(whole)) {
        const checkpoint = await openCheckpoint(join(folder, whole))
        return { checkpoints: [checkpoint], weights: weightsOf(checkpoint) }
      }
      const index = [`${stem}.safetensors.index${suffix}.json`, `${stem}${suffix}.safetensors.index.json`]
      const found = index.find((file) => files.includes(file))
      if (found !== undefined) return openShards(folder, found, name, files)
    }
  }
  return refuse(folder, name, files)
}

/** How diffusers and transformers call the weights of a component. */
const stems = ['diffusion_pytorch_model', 'model', 'pytorch_model'] as const
/** In order of preference: full precision first. */
const variants = ['', 'fp32', 'fp16', 'bf16'] as const

const openShards = async (
  folder: string,
  index: string,
  name: string,
  files: readonly string[],
): Promise<OpenedWeights> => {
  const where = `${name}/${index}`
  const { weight_map: shardOf } = checkConfig(indexSchema, await readConfigFile(join(folder, index), where), where)
  const checkpoints = new Map<string, Checkpoint>()
  for (const shard of new Set(shardOf.values())) {
    if (!files.includes(shard)) throw missingShard(where, shard)
    checkpoints.set(shard, await openCheckpoint(join(folder, shard)))
  }
  const weights = [...shardOf].map(([key, shard]) => {
    const checkpoint = checkpoints.get(shard)
    const entry = checkpoint?.tensors.get(key)
    if (checkpoint === undefined || entry === undefined) throw missingKey(where, key, shard)
    return [key, viewOf(checkpoint, entry)] as const
  })
  return { checkpoints: [...checkpoints.values()], weights: new Map(weights) }
}

const indexSchema = z.object({
  weight_map: z
    .record(z.string().max(512), z.string().regex(/^[^/\\]+\.safetensors$/, 'the name of a file in the same folder'))
    .transform((map) => new Map(Object.entries(map))),
})

const refuse = (folder: string, name: string, files: readonly string[]): never => {
  const pickle = files.find((file) => /\.(bin|pt|pth|ckpt)$/i.test(file))
  if (pickle !== undefined) {
    throw new EngineError('file-unsafe', {
      where: name,
      found: `only ${pickle}, a Python pickle, which can run any program when it is opened`,
      expected: 'a .safetensors file',
      remedy: 'Download the safetensors files of this model.',
    })
  }
  throw new EngineError('model-incomplete', {
    where: name,
    found: `no weights in the folder "${basename(folder)}"`,
    expected: `${name}/diffusion_pytorch_model.safetensors or ${name}/model.safetensors`,
    remedy: 'Download this part of the model again.',
    component: name,
  })
}

const missingShard = (where: string, shard: string): EngineError =>
  new EngineError('model-incomplete', {
    where,
    found: `the shard "${shard}" is missing`,
    expected: 'every file that the index names',
    remedy: 'Download this file again.',
    shard,
  })

const missingKey = (where: string, key: string, shard: string): EngineError =>
  new EngineError('weight-missing', {
    where,
    found: `no "${key}" in "${shard}"`,
    expected: 'every weight that the index promises',
    remedy: 'The shard belongs to another version of the model: download all shards again.',
  })
