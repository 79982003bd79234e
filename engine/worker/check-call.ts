import { basename } from 'node:path'
import { openCheckpoint } from '../checkpoint/checkpoint.ts'
import { describeFile } from '../checkpoint/describe/describe-file.ts'
import type { FileDescription } from '../checkpoint/describe/file-description.ts'
import type { ModelFiles } from '../checkpoint/model-files.ts'
import { openModel } from '../checkpoint/open-model.ts'
import { openVaeFile } from '../checkpoint/open-vae-file.ts'
import { unusedKeys } from '../checkpoint/single-file/unused-keys.ts'
import { toFailure } from '../contract/failure-record.ts'
import { EngineError } from '../contract/failures.ts'
import type { CallArgs } from '../process/call-table.ts'
import { checkNetworks } from '../runtime/check-networks.ts'
import { adviceToChooseModel, type Findings } from './check-findings.ts'
import { checkEmbedding } from './check-embedding.ts'
import { checkLora } from './check-lora.ts'
import { toModelDescription } from './describe-call.ts'
import { modelFacts } from './model-facts.ts'
import { clipTokenizerFolder } from './clip-tokenizer-folder.ts'
import type { ModelCheck } from './protocol/model-calls.ts'
import type { WorkerCalls } from './protocol.ts'

type CheckArgs = CallArgs<WorkerCalls, 'checkModel'>

/** Says everything about a file that can be said without running it; what is wrong with it is part of the answer. */
export const checkCall = async (args: CheckArgs): Promise<ModelCheck> => {
  const described = await describeFile(args.path)
  // A VAE of another kind of latents may be just the one of the model that it is checked against.
  const description =
    described.code === 'vae' && args.modelPath !== undefined ? { ...described, isUsable: true } : described
  const found = await checkAs(description, args).catch((error: unknown) => ({ failure: asFailure(error) }))
  return {
    description: toModelDescription(description),
    facts: [],
    parts: [],
    assumptions: [],
    unused: [],
    match: null,
    failure: null,
    ...found,
  }
}

const checkAs = async ({ code, isUsable }: FileDescription, args: CheckArgs): Promise<Findings> => {
  switch (code) {
    case 'checkpoint':
    case 'folder':
    case 'unet':
    case 'incomplete':
    case 'damaged':
      return checkModel(args.path, args)
    case 'lora':
    case 'adapter':
      return checkLora(args.path, await openBase(args))
    case 'embedding':
      return checkEmbedding(args.path, await openBase(args))
    case 'vae':
      return isUsable ? checkVae(args) : { failure: asFailure(unusable(args.path)) }
    case 'text-encoder':
    case 'image-encoder':
    case 'controlnet':
    case 'upscaler':
    case 'foreign-model':
    case 'unknown':
      return { failure: asFailure(unusable(args.path)) }
    case 'pickle':
    case 'foreign-format':
      await openCheckpoint(args.path) // says by its first bytes why it is not opened
      return { failure: asFailure(unusable(args.path)) }
  }
}

const openChosen = (path: string, { vaePath, prediction }: CheckArgs): Promise<ModelFiles> =>
  openModel(path, {
    clipTokenizerFolder: clipTokenizerFolder(),
    vaeFile: vaePath,
    predictionType: prediction,
  })

const openBase = async (args: CheckArgs): Promise<ModelFiles | undefined> =>
  args.modelPath === undefined ? undefined : openChosen(args.modelPath, args)

const checkModel = async (path: string, args: CheckArgs): Promise<Findings> => {
  const files = await openChosen(path, args)
  const parts = checkNetworks(files)
  const wrong = parts.find(({ missing, failure }) => missing.length > 0 || failure !== null)
  return {
    facts: modelFacts(files),
    parts: parts.map((part) => ({ ...part, failure: part.failure === null ? null : asFailure(part.failure) })),
    assumptions: files.assumptions,
    unused: unusedKeys(files),
    failure: wrong === undefined ? null : asFailure(wrong.failure ?? incomplete(wrong.name, wrong.missing)),
  }
}

const checkVae = async (args: CheckArgs): Promise<Findings> => {
  const base = await openBase(args)
  if (base === undefined) return { facts: [adviceToChooseModel] }
  const vae = await openVaeFile(args.path, base.vae.config)
  const parts = checkNetworks({ ...base, vae }).filter(({ name }) => name === vae.name)
  const [part] = parts
  const failure = part === undefined || part.missing.length === 0 ? part?.failure : incomplete(part.name, part.missing)
  return {
    facts: [{ label: 'fits', value: base.name }],
    parts: parts.map((found) => ({ ...found, failure: found.failure === null ? null : asFailure(found.failure) })),
    failure: failure === undefined || failure === null ? null : asFailure(failure),
  }
}

const asFailure = (error: unknown): ModelCheck['failure'] => toFailure(error, 'check')

const incomplete = (name: string, missing: readonly string[]): EngineError =>
  new EngineError('weight-missing', {
    where: name,
    found: `${missing.length} of its weights missing, the first is "${missing[0] ?? ''}"`,
    expected: 'every weight that its configuration asks for',
    remedy: 'Download the file again.',
  })

const unusable = (path: string): EngineError =>
  new EngineError('model-unsupported', {
    where: basename(path),
    found: 'a file that Attune cannot use',
    expected: 'a model, LoRA, embedding or VAE for Stable Diffusion 1.x, 2.x or XL',
  })
