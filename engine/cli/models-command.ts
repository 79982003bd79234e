import { EngineError } from '../contract/failures.ts'
import type { CliCommand, CommandContext } from './command.ts'
import { machineHelp } from './machine-options.ts'
import { addModelFolder } from './models/add-model-folder.ts'
import { checkModelFile } from './models/check-model-file.ts'
import { listModels } from './models/list-models.ts'
import { measureModelFile } from './models/measure-model-file.ts'

const help = `attune models <verb> [options]

  list [FOLDER …]    one line for each model file: what it is and whether Attune can use it; without a folder the
                     bundled model and the folders that were added
  check PATH         all that can be said about a file or folder: what it is, whether every weight is there, what was
                     assumed about it and why. Ends with 3 when it cannot be used
  add FOLDER         has the studio and this command look for models there; nothing is copied or changed
  measure PATH       finds out when Adaptive Guidance may stop and how previews are made, and keeps it in attune.json
                     beside the model, or in the library where that may not be written

  --model PATH       check: the model that a LoRA, an embedding or a VAE is for
  --vae PATH         check, measure: a VAE's file or folder in place of the model's own
  --prediction KIND  check, measure: what the model's network predicts, noise or v, where its files do not say so or are wrong
  --prompts N        measure: with how many prompts, 1 … 40 (40); fewer are faster and less sure
${machineHelp.replaceAll(/^(  --\w+ \w+ +)/gm, '$1measure: ')}
  --library FOLDER   list, add, measure: which library; the studio's own when left out
  --json             one JSON object a line on standard output
`

type Verb = (args: readonly string[], context: CommandContext) => Promise<void>

const verbs: Readonly<Record<string, Verb>> = {
  list: listModels,
  check: checkModelFile,
  add: addModelFolder,
  measure: measureModelFile,
}

/** `attune models`. */
export const modelsCommand: CliCommand = {
  name: 'models',
  summary: 'list, check, add or measure models',
  help,
  run: async ([verb = '', ...args], context) => {
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    if (run === undefined) {
      throw new EngineError('unknown-name', {
        where: 'attune models',
        found: `"${verb}"`,
        expected: Object.keys(verbs).join(', '),
      })
    }
    await run(args, context)
  },
}
