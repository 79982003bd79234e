import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loraOption } from '../../../engine/cli/lora-option.ts'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { readTexts } from '../../../engine/image/png/png-texts.ts'
import { writeEnlargedSd15 } from '../checkpoint/enlarged-single-file.ts'
import { loraFile } from '../checkpoint/recorded-files.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { makeLora } from '../worker/make-lora.ts'
import { runAttune } from './run-attune.ts'

const scratch = useScratchFolders()

describe('--lora', () => {
  it.each([
    ['/a/ink.safetensors', { id: '/a/ink.safetensors' }],
    ['/a/ink.safetensors:0.8', { id: '/a/ink.safetensors', strength: 0.8 }],
    ['/a/ink.safetensors:.8:-1', { id: '/a/ink.safetensors', strength: 0.8, textStrength: -1 }],
    ['/a:b/ink v1.2:1', { id: '/a:b/ink v1.2', strength: 1 }],
    ['/a/ink:soft', { id: '/a/ink:soft' }],
  ])('reads %s', (text, expected) => {
    expect(loraOption(text)).toEqual(expected)
  })
})

describe('attune generate', { timeout: 60_000 }, () => {
  it('draws with LoRAs and a VAE file and writes their hashes into the picture', async () => {
    const folder = scratch()
    const [ink, vae, out] = ['ink.safetensors', 'soft.safetensors', 'cat.png'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ] // three names, three paths
    await makeLora(ink, { modelPath: starterModelPath(), wants: ({ module }) => module.includes('attn1') })
    await cp(join(starterModelPath(), 'vae/diffusion_pytorch_model.safetensors'), vae)
    const args = ['generate', 'a cat', '--steps', '1', '--lora', `${ink}:0.8:0.5`, '--vae', vae, '--out', out]
    expect(await runAttune(args, scratch())).toMatchObject({ code: 0 })
    const { texts } = readTexts(await readFile(out))
    expect(texts.find(({ keyword }) => keyword === 'parameters')?.text).toMatch(
      /^a cat <lora:ink:0\.8>\n.*Model hash: [0-9a-f]{10}, Model: starter, VAE hash: [0-9a-f]{10}, VAE: soft\.safetensors, .*Lora hashes: "ink: [0-9a-f]{10}"/,
    )
  })

  it.each([
    ['a DoRA', loraFile('lora-dora-refused/dora-in'), 'DoRA, for example'],
    ['a LoRA of another architecture', loraFile('lora-sdxl/sgm'), 'made for another kind of model'],
    ['a LoRA that is not there', '/no/such/lora.safetensors', '/no/such/lora.safetensors'],
  ])('ends with 3 for %s', async (_, lora, message) => {
    const args = ['generate', 'a cat', '--steps', '1', '--lora', lora, '--out', scratch()]
    const { code, stderr } = await runAttune(args, scratch())
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)])
  })

  it('draws from a checkpoint in one file, or says that it has no VAE', async () => {
    const folder = scratch()
    const [bare, vae] = [join(folder, 'bare.safetensors'), join(folder, 'vae.safetensors')]
    await writeEnlargedSd15(bare, { keeps: (key) => !key.startsWith('first_stage_model.') })
    await writeEnlargedSd15(vae, { keeps: (key) => key.startsWith('first_stage_model.') })
    const args = ['generate', 'a cat', '--model', bare, '--steps', '1', '--size', '64', '--out', folder]
    const refused = await runAttune(args, scratch())
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('no VAE in the file')])
    const drawn = await runAttune([...args, '--vae', vae], scratch())
    expect([drawn.code, drawn.stderr]).toEqual([0, ''])
  })
})
