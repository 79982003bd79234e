import { cp, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { ModelHolder, type HoldOptions } from '../../../engine/worker/model-holder.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'

const scratch = useScratchFolders()
const holders: ModelHolder[] = []
afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.release()
})

/** Whether the second job finds the model that the first one left. */
const isKept = async (path: string, first: HoldOptions, second: HoldOptions): Promise<boolean> => {
  const holder = new ModelHolder()
  holders.push(holder)
  const { machine } = await holder.hold(path, first)
  return (await holder.hold(path, second)).machine === machine
}

describe('ModelHolder', () => {
  const path = starterModelPath()
  const vaePath = join(path, 'vae', 'diffusion_pytorch_model.safetensors')
  const measurementsFolder = join(path, 'nowhere')

  it.each<[HoldOptions, HoldOptions, boolean]>([
    [{}, {}, true],
    [{ measurementsFolder }, {}, true],
    [{}, { measurementsFolder }, false],
    [{ vaePath }, { vaePath }, true],
    [{ vaePath }, {}, false],
    [{}, { prediction: 'epsilon' }, false],
    [{}, { isInpainting: true }, false],
    [{ isInpainting: true }, { isInpainting: true }, true],
  ])('held with %j and asked for with %j: kept %s', async (first, second, kept) => {
    expect(await isKept(path, first, second)).toBe(kept)
  })

  it('opens a model anew whose folder has changed', async () => {
    const folder = scratch()
    for (const name of ['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler'])
      await symlink(join(path, name), join(folder, name))
    await cp(join(path, 'model_index.json'), join(folder, 'model_index.json'))
    const holder = new ModelHolder()
    holders.push(holder)
    const { machine } = await holder.hold(folder)
    const later = new Date(Date.now() + 5000)
    await utimes(folder, later, later)
    expect((await holder.hold(folder)).machine).not.toBe(machine)
  })
})
