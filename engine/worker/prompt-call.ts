import { stat } from 'node:fs/promises'
import { resolveFile } from '../checkpoint/checkpoint.ts'
import { openModel } from '../checkpoint/open-model.ts'
import type { ModelTraits } from '../machine/machine.ts'
import { describePrompt } from '../methods/describe-prompt.ts'
import { promptReader, type PromptReader } from '../methods/read-prompts.ts'
import type { CallArgs, CallResult } from '../process/call-table.ts'
import { traitsOf } from '../runtime/model-traits.ts'
import { clipTokenizerFolder } from './clip-tokenizer-folder.ts'
import type { WorkerCalls } from './protocol.ts'

interface ReadModel {
  readonly key: string
  readonly traits: ModelTraits
  readonly tokenizer: PromptReader['tokenizer']
}

/** Says how a model reads prompts, from its configuration and vocabulary alone; that of the last call is kept. */
export const readPromptsCall = () => {
  let kept: ReadModel | undefined
  return async ({
    modelPath,
    prompts,
  }: CallArgs<WorkerCalls, 'readPrompts'>): Promise<CallResult<WorkerCalls, 'readPrompts'>> => {
    const { size, mtimeMs } = await stat(await resolveFile(modelPath))
    const key = JSON.stringify([modelPath, size, mtimeMs])
    const model = kept?.key === key ? kept : await readModel(key, modelPath)
    kept = model
    return prompts.map((prompt) => describePrompt({ ...model, prompt }))
  }
}

const readModel = async (key: string, path: string): Promise<ReadModel> => {
  const traits = traitsOf(await openModel(path, { clipTokenizerFolder: clipTokenizerFolder() }))
  const { tokenizer } = promptReader({ traits })
  return { key, traits, tokenizer }
}
