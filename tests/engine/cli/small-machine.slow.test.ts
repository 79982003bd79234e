import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { writeHollowModel } from '../checkpoint/hollow-model.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { runAttune } from './run-attune.ts'

const scratch = useScratchFolders()

/** A few seconds for two processes and headers of thousands of weights; loading 5 GB would take minutes here. */
const timeout = 60_000

/** A picture that any program may have made. */
const picture = join(starterModelPath(), 'scenes/000.png')
const sdxlRefusal = (purpose: string): RegExp =>
  new RegExp(`^memory for ${purpose} 1024 x 1024: (?:[5-9]|1\\d)\\.\\d GB needed, [34]\\.\\d GB available, expected to fit into memory\\. Close other apps: \\d+\\.\\d+ GB are missing\\. Or use a smaller model, or one whose files are in half precision \\(fp16\\)\\.$`, 'm') // prettier-ignore

describe('SDXL on a small machine', { timeout }, () => {
  it.each([
    [
      'attune align',
      'finding words in a picture of',
      (model: string) => ['align', picture, 'a bear', '--model', model],
    ],
    [
      'attune align --prompts',
      'comparing prompts with a picture of',
      (model: string) => ['align', picture, '--prompts', 'a bear', 'a tree', '--model', model],
    ],
    ['attune models measure', 'measuring the model with pictures of', (model: string) => ['models', 'measure', model]],
  ])('is refused by %s before anything is loaded, with the size and what to do', async (_, purpose, argsFor) => {
    const folder = scratch()
    await writeHollowModel(folder, 'SDXL')
    const { code, stderr, stdout } = await runAttune([...argsFor(folder), '--memory', '4'], scratch())
    expect([code, stderr, stdout]).toEqual([5, expect.stringMatching(sdxlRefusal(purpose)), ''])
  })
})

describe('attune generate with little memory', { timeout }, () => {
  it.each([
    // SDXL's 2.57e9 weights of the UNet take 5.1 GB in half precision, wherever they lie.
    {
      name: 'SDXL' as const,
      memory: '4',
      size: '1024',
      message: /^memory for a picture of 1024 x 1024: (?:[5-9]\.\d) GB needed, [34]\.\d GB available, expected to fit into memory\. Close other apps: \d\.\d+ GB are missing\. Or use a smaller model, or one whose files are in half precision \(fp16\)\.$/m, // prettier-ignore
    },
    {
      name: 'SD 1.5' as const,
      memory: '4',
      size: '2048',
      message: /^memory for a picture of 2048 x 2048: \d+\.\d GB needed, [34]\.\d GB available, expected to fit into memory\. Choose (\d{3,4}) x \1 or smaller\. Or close other apps: \d+\.\d+ GB are missing\.$/m, // prettier-ignore
    },
  ])(
    'refuses $name at $size px before loading, with the size and what to do',
    async ({ name, memory, size, message }) => {
      const folder = scratch()
      await writeHollowModel(folder, name)
      const args = ['generate', 'a cat', '--model', folder, '--size', size, '--memory', memory, '--out', scratch()]
      const { code, stderr, stdout } = await runAttune(args, scratch())
      expect([code, stderr, stdout]).toEqual([5, expect.stringMatching(message), ''])
    },
  )
})
