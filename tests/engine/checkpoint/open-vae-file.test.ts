import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoint } from '../../../engine/checkpoint/checkpoint.ts'
import { openModel } from '../../../engine/checkpoint/open-model.ts'
import { openVaeFile } from '../../../engine/checkpoint/open-vae-file.ts'
import { readTensors } from '../../../engine/checkpoint/read-tensor.ts'
import { writeSafetensors } from '../../../engine/checkpoint/write-safetensors.ts'
import { failureOf } from './failure-of.ts'
import { openRecorded, singleFile, smallOverrides } from './recorded-files.ts'
import { fileOf } from './safetensors-bytes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-vae-'))
})
afterEach(async () => rm(folder, { recursive: true }))

/** The VAE of a recorded checkpoint in a file of its own, with or without the prefix. */
const alone = async (prefix: string): Promise<string> => {
  const checkpoint = await openCheckpoint(singleFile('sd15-inpaint'))
  const names = [...checkpoint.tensors.keys()].filter((name) => name.startsWith('first_stage_model.'))
  const tensors = [...(await readTensors(checkpoint, names))].map(
    ([name, array]) => [name.replace('first_stage_model.', prefix), array] as const,
  )
  const path = join(folder, 'vae.safetensors')
  await writeSafetensors(path, { tensors: new Map(tensors), metadata: {} })
  return path
}

describe('openVaeFile', () => {
  it.each(['', 'first_stage_model.'])('reads keys of LDM after "%s"', async (prefix) => {
    const { vae } = await openRecorded('sd15-inpaint')
    const opened = await openVaeFile(await alone(prefix), vae.config)
    expect(opened.config).toEqual(vae.config)
    expect([...opened.weights.keys()].sort()).toEqual([...vae.weights.keys()].sort())
    expect(opened.weights.get('decoder.mid_block.attentions.0.to_q.weight')?.shape).toEqual([16, 16])
  })

  it('reads keys of diffusers and keeps the scaling factor of the model', async () => {
    const starter = join(import.meta.dirname, '../../../models/starter/vae/diffusion_pytorch_model.safetensors')
    const { vae } = await openRecorded('sd15-inpaint')
    const own = { ...vae.config, latent_channels: 8, norm_num_groups: 16, scaling_factor: 0.45 }
    expect((await openVaeFile(starter, own)).config).toMatchObject({
      block_out_channels: [32, 64, 128, 128],
      layers_per_block: 1,
      latent_channels: 8,
      scaling_factor: 0.45,
    })
  })

  it('opens a folder of diffusers with the scaling factor that it names', async () => {
    const starter = join(import.meta.dirname, '../../../models/starter/vae')
    const { vae } = await openRecorded('sd15-inpaint')
    const opened = await openVaeFile(starter, { ...vae.config, latent_channels: 8, scaling_factor: 0.5 })
    expect(opened).toMatchObject({ name: 'vae', config: { latent_channels: 8, norm_num_groups: 16 } })
    expect(opened.config.scaling_factor).not.toBe(0.5)
  })

  it("opens a model with it in place of the model's own", async () => {
    const path = await alone('')
    const model = await openModel(singleFile('sd21'), { vaeFile: path, overrides: smallOverrides.sd21 })
    expect(model.vae.checkpoints.map(({ file }) => file)).toEqual([path])
    expect(model.vae.config.scaling_factor).toBe(0.18215)
  })

  it('opens a checkpoint without a VAE with it', async () => {
    const checkpoint = await openCheckpoint(singleFile('sd21'))
    const names = [...checkpoint.tensors.keys()].filter((name) => !name.startsWith('first_stage_model.'))
    const bare = join(folder, 'bare.safetensors')
    const tensors = await readTensors(
      checkpoint,
      names.filter((name) => checkpoint.tensors.get(name)?.dtype === 'BF16'),
    )
    await writeSafetensors(bare, { tensors, metadata: {} })
    const options = { overrides: smallOverrides.sd21 }
    expect((await failureOf(async () => openModel(bare, options))).facts).toMatchObject({ component: 'vae' })
    const model = await openModel(bare, { ...options, vaeFile: await alone('') })
    expect(model.vae.config).toMatchObject({ block_out_channels: [8, 16, 16, 16], scaling_factor: 0.18215 })
  })

  it('refuses a VAE with other latents, and a file that is none', async () => {
    const { vae } = await openRecorded('sd15-inpaint')
    const path = await alone('')
    const other = await failureOf(async () => openVaeFile(path, { ...vae.config, latent_channels: 16 }))
    expect(other.message).toMatch(/4 latent channels at 1\/8 of the size, expected 16 latent channels/)
    await writeFile(path, fileOf({ a: [1] }))
    expect((await failureOf(async () => openVaeFile(path, vae.config))).code).toBe('model-incomplete')
  })
})
