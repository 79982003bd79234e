import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { starterModelPath } from '../../../engine/cli/starter-model.ts'
import { Library } from '../../../engine/library/library.ts'
import { migrationsFolder } from '../../../engine/library/default-library-root.ts'
import { ndArray } from '../../../engine/tensor/nd-array.ts'
import { writeSafetensors } from '../../../engine/checkpoint/write-safetensors.ts'
import { writeEnlargedSd15 } from '../checkpoint/enlarged-single-file.ts'
import { loraFile } from '../checkpoint/recorded-files.ts'
import { fileOf } from '../checkpoint/safetensors-bytes.ts'
import { useScratchFolders } from '../files/scratch-folder.ts'
import { makeLora } from '../worker/make-lora.ts'
import { runAttune, type Ended } from './run-attune.ts'

const scratch = useScratchFolders()
const attune = (...args: readonly string[]): Promise<Ended> => runAttune(args, scratch())
/** Starting processes takes seconds on a busy machine. */
const timeout = 60_000

describe('attune models check', { timeout }, () => {
  it('says what a checkpoint in one file is, that all is there, and where every assumption came from', async () => {
    const path = join(scratch(), 'someone.safetensors')
    await writeEnlargedSd15(path)
    const { code, stdout } = await attune('models', 'check', path)
    expect(code).toBe(0)
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/, '  '))
    expect(lines[0]).toBe('This is an SD 1.5 checkpoint.')
    expect(lines).toContain('family  Stable Diffusion 1.x')
    expect(lines).toContain(
      'assumed  prediction_type: epsilon (assumed), because models of Stable Diffusion 1.x mostly do',
    )
    expect(lines.find((line) => line.startsWith('unet  '))).toMatch(
      /^unet {2}\d+ weights, \d+ MB as float16, all there$/,
    )
    expect(lines.find((line) => line.startsWith('not used'))).toMatch(
      /^not used {2}\d+ tensors that no network needs: .+ and \d+ more$/,
    )
  })

  it('says how much of a LoRA fits a model', async () => {
    const path = join(scratch(), 'ink.safetensors')
    await makeLora(path, { modelPath: starterModelPath(), wants: ({ module }) => module.includes('attn2') })
    const { code, stdout } = await attune('models', 'check', path, '--model', starterModelPath())
    expect([code, stdout]).toEqual([0, expect.stringMatching(/matches {2}(\d+) of \1 layers of starter \(unet \1\)/)])
  })

  it('says whether a VAE fits a model, whatever its latents are', async () => {
    const vae = join(starterModelPath(), 'vae', 'diffusion_pytorch_model.safetensors')
    const { code, stdout } = await attune('models', 'check', vae, '--model', starterModelPath())
    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([0, ['This is a VAE with 8 latent channels.', expect.stringMatching(/fits +starter$/)]]) // prettier-ignore
    const alone = await attune('models', 'check', vae)
    expect([alone.code, alone.stdout]).toEqual([3, 'This is a VAE with 8 latent channels; Attune cannot use it yet.\n'])
  })

  const fake = (keys: Readonly<Record<string, readonly number[]>>) => (path: string) => writeFile(path, fileOf(keys))
  it.each<[string, (path: string) => Promise<void>, string]>([
    ['a DoRA', (path) => cp(loraFile('lora-dora-refused/dora-in'), path), 'DoRA, for example "lora_unet_'],
    ['a LoHa', fake({ 'lora_unet_a.hada_w1_a': [2, 2] }), 'LoHa, for example "lora_unet_a.hada_w1_a"'],
    ['a LoKr', fake({ 'lora_unet_a.lokr_w1': [2, 2] }), 'LoKr, for example "lora_unet_a.lokr_w1"'],
    ['an OFT', fake({ 'lora_unet_a.oft_blocks': [2, 2] }), 'OFT, for example "lora_unet_a.oft_blocks"'],
    [
      'an embedding of another width',
      (path) => writeSafetensors(path, { tensors: new Map([['emb_params', ndArray([1, 768], new Float32Array(768))]]), metadata: {} }), // prettier-ignore
      'an embedding for text 768 wide, expected 192',
    ],
  ])('ends with 3 and says why for %s', async (_, make, message) => {
    const path = join(scratch(), 'file.safetensors')
    await make(path)
    const { code, stderr } = await attune('models', 'check', path, '--model', starterModelPath())
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)])
  })

  it('ends with 3 for a model that lacks a shard', async () => {
    const folder = scratch()
    for (const name of ['vae', 'text_encoder', 'tokenizer', 'scheduler', 'model_index.json'])
      await symlink(join(starterModelPath(), name), join(folder, name))
    await mkdir(join(folder, 'unet'))
    await cp(join(starterModelPath(), 'unet', 'config.json'), join(folder, 'unet', 'config.json'))
    await writeFile(
      join(folder, 'unet', 'diffusion_pytorch_model.safetensors.index.json'),
      JSON.stringify({ weight_map: { 'conv_in.weight': 'part-2.safetensors' } }),
    )
    const { code, stderr } = await attune('models', 'check', folder)
    expect([code, stderr]).toEqual([3, expect.stringContaining('the shard "part-2.safetensors" is missing')])
  })
})

describe('attune models add and list', { timeout }, () => {
  it('know a folder from then on, for <lora:…> in prompts as well', async () => {
    const [library, folder, out] = [scratch(), scratch(), scratch()]
    await mkdir(join(folder, 'loras'))
    const path = join(folder, 'loras', 'ink.safetensors')
    await makeLora(path, { modelPath: starterModelPath(), wants: ({ module }) => module.includes('attn2') })
    expect(await runAttune(['models', 'add', folder], library)).toMatchObject({ code: 0 })
    const listed = await runAttune(['models', 'list', '--json'], library)
    const events = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object) // our own lines
    expect(events).toEqual([
      expect.objectContaining({ path: starterModelPath().replace(/\/$/, ''), kind: 'diffusers', isUsable: true }),
      expect.objectContaining({
        path,
        kind: 'lora',
        isUsable: true,
        sentence: expect.stringMatching(/^This is a LoRA/),
      }),
    ])
    const args = ['generate', 'a cat <lora:ink:0.5> <lora:gone:1>', '--steps', '1', '--out', out]
    const drawn = await runAttune(args, library)
    expect(drawn.stderr).toBe('Note: There is no LoRA "gone" in the folders; it was left out.\n')
    expect(drawn.code).toBe(0)
  })

  it('list a folder that was given, damaged files included, and nothing else', async () => {
    const folder = scratch()
    await writeFile(join(folder, 'half.safetensors'), Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0)) // a header of 200 bytes
    await writeFile(join(folder, 'notes.txt'), 'not listed')
    const { code, stdout } = await attune('models', 'list', folder)
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/half\.safetensors {2}\(8 B\) {2}This file is damaged/),
    ])
  })

  it('refuse what is no folder, and a library that is open elsewhere', async () => {
    const library = scratch()
    const missing = await runAttune(['models', 'add', join(library, 'nowhere')], library)
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('nothing at')])
    const opened = await Library.open({ root: library, migrationsFolder: migrationsFolder(), nowMs: Date.now() })
    try {
      const taken = await runAttune(['models', 'add', scratch()], library)
      expect(taken).toMatchObject({ code: 4, stderr: expect.stringContaining('library') as string })
      expect(await runAttune(['models', 'list'], library)).toMatchObject({ code: 0, stderr: '' })
    } finally {
      opened.close()
    }
  })

  it.each([
    [['models'], 'attune models: "", expected list, check, add, measure'],
    [['models', 'check'], 'attune models check: no file or folder'],
    [['models', 'measure', 'x', '--prompts', '0'], '--prompts: 0, expected a whole number from 1 to 40'],
  ])('refuse %j', async (args, message) => {
    const { code, stderr } = await attune(...args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})
