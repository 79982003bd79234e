import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { workerLink } from '../../../engine/cli/worker-link.ts'
import { generateRequestSchema } from '../../../engine/contract/records.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'

const worker = workerLink(() => undefined)
afterAll(() => worker.close())
const scratch = useScratchFolders()

const keptSchema = z.object({
  guidanceThreshold: z.number().nullable(),
  previewMap: z.object({ weights: z.array(z.array(z.number())).length(3), bias: z.array(z.number()).length(3) }),
  measurement: z.object({ prompts: z.literal(2) }),
})

describe('measureModel', () => {
  it('keeps what it found beside the model, and the next job uses it', { timeout: 300_000 }, async () => {
    const modelPath = scratch()
    for (const name of ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler', 'model_index.json'])
      await symlink(join(starterModelPath(), name), join(modelPath, name))
    const steps: number[] = []
    const found = await worker.call(
      'measureModel',
      { modelPath, prompts: 2 },
      { onProgress: ({ done }) => steps.push(done) },
    )
    expect(steps).toEqual([1, 2])
    expect(found.path).toBe(join(modelPath, 'attune.json'))
    const kept = keptSchema.parse(JSON.parse(await readFile(found.path, 'utf8')))
    expect(kept.guidanceThreshold).toBe(found.guidanceThreshold)
    let previews = 0
    await worker.call(
      'generate',
      { request: generateRequestSchema.parse({ prompt: 'a cat', steps: 4 }), modelPath, modelHash: null, seed: '1' },
      { onProgress: ({ preview }) => (previews += preview === undefined ? 0 : 1) },
    )
    expect(previews).toBe(2)
  })
})
