import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findLora } from '../../../../engine/checkpoint/lora/find-lora.ts'
import { openLora } from '../../../../engine/checkpoint/lora/open-lora.ts'
import { writeSafetensors } from '../../../../engine/checkpoint/write-safetensors.ts'
import { ndArray } from '../../../../engine/tensor/nd-array.ts'
import { useScratchFolders } from '../../files/scratch-folder.ts'
import { failureOf } from '../failure-of.ts'
import { loraFile } from '../recorded-files.ts'

const scratch = useScratchFolders()

/** A folder with LoRAs as people have them: below other folders, in any case, named otherwise inside. */
const shelf = async (): Promise<string> => {
  const folder = scratch()
  await mkdir(join(folder, 'styles'))
  await cp(loraFile('lora/kohya'), join(folder, 'styles', 'Ink_v2.safetensors'))
  await cp(loraFile('lora/diffusers'), join(folder, 'ink_v2 old.safetensors'))
  await writeFile(join(folder, 'pickled.pt'), Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x2e, 0, 0]))
  const tensors = new Map([['a.lora_down.weight', ndArray([1], new Float32Array(1))]])
  await writeSafetensors(join(folder, '12345.safetensors'), { tensors, metadata: { ss_output_name: 'watercolour' } })
  return folder
}

describe('findLora', () => {
  it.each([
    ['Ink_v2', 'styles/Ink_v2.safetensors'],
    ['ink_V2', 'styles/Ink_v2.safetensors'],
    ['ink_v2 old', 'ink_v2 old.safetensors'],
    ['watercolour', '12345.safetensors'],
    ['pickled', 'pickled.pt'],
  ])('finds "%s"', async (name, path) => {
    const folder = await shelf()
    expect(await findLora(name, [join(folder, 'nowhere'), folder])).toBe(join(folder, path))
  })

  it('finds nothing under another name', async () => {
    expect(await findLora('ink', [await shelf()])).toBeUndefined()
  })

  it('leaves it to opening to refuse a pickle', async () => {
    const path = await findLora('pickled', [await shelf()])
    expect((await failureOf(async () => openLora(path ?? ''))).code).toBe('file-unsafe')
  })
})
