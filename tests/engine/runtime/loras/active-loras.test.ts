import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openModelFolder } from '../../../../engine/checkpoint/model-folder.ts'
import type { ModelFiles } from '../../../../engine/checkpoint/model-files.ts'
import { writeSafetensors } from '../../../../engine/checkpoint/write-safetensors.ts'
import type { LoraChoice } from '../../../../engine/runtime/loras/active-loras.ts'
import { openMachine, type OpenMachine } from '../../../../engine/runtime/open-machine.ts'
import { ndArray, sizeOf, type NdArray } from '../../../../engine/tensor/nd-array.ts'
import { readExpected } from '../../../reference/kinds/read-case.ts'
import { relativeError } from '../../../reference/relative-error.ts'
import { loraFile, openPipeline, openRecorded } from '../../checkpoint/recorded-files.ts'
import { useScratchFolders } from '../../files/scratch-folder.ts'

const scratch = useScratchFolders()
const machines: OpenMachine[] = []
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close()
})

const open = (files: ModelFiles): OpenMachine => {
  const machine = openMachine(files, { threads: 1 })
  machines.push(machine)
  return machine
}

/** Recorded bar of networks: another order of summation is far below, a wrong scale far above. */
const bar = 1e-4

/** The UNet's prediction for the recorded inputs of a case. */
const predict = async (machine: OpenMachine, caseName: string): Promise<NdArray> => {
  const expected = await readExpected(join(import.meta.dirname, '../../../reference/cases', caseName))
  const [sample, context, timestep] = [
    await expected.read('sample'),
    await expected.read('encoder_hidden_states'),
    await expected.read('timestep'),
  ]
  const isSdxl = expected.names.includes('unet_time_ids')
  const added = isSdxl
    ? { pooled: await expected.read('unet_text_embeds'), timeIds: await expected.read('unet_time_ids') }
    : {}
  return machine.predict({ sample, timestep: timestep.data[0] ?? NaN, conditioning: { context, ...added } })
}

const recorded = async (caseName: string, name: string): Promise<NdArray> =>
  (await readExpected(join(import.meta.dirname, '../../../reference/cases', caseName))).read(name)

const choice = (file: string, strength: number, textStrength = strength): LoraChoice => ({
  path: loraFile(file),
  strength,
  textStrength,
})

describe('LoRAs of a machine', () => {
  it.each<[string, LoraChoice, string, string]>([
    ['a kohya file', choice('lora/kohya', 0.7), 'lora', 'output'],
    // Without alpha in the file its scale is 1; it was recorded with alpha 2 at rank 4.
    ['a diffusers file', choice('lora/diffusers', 0.35), 'lora', 'output'],
    ['ranks and alphas per module', choice('lora-text-encoder/mixed', 0.7), 'lora-text-encoder', 'mixed.output'],
    ['alpha in the header', choice('lora-peft/metadata', 0.7), 'lora-peft', 'metadata.output'],
    ['convolutions', choice('lora-conv/locon', 0.8), 'lora-conv', 'locon.output'],
    ['tucker kernels', choice('lora-conv/tucker', 0.8), 'lora-conv', 'tucker.output'],
    ['both ends of the network', choice('lora-conv/ends', 0.8), 'lora-conv', 'ends.output'],
  ])('give what merged weights gave: %s', async (_, lora, caseName, output) => {
    const machine = open(await openPipeline())
    await machine.useLoras([lora])
    const ours = await predict(machine, caseName)
    expect(relativeError(ours.data, (await recorded(caseName, output)).data)).toBeLessThan(bar)
  })

  it('change both text encoders of SDXL with a strength of their own', async () => {
    const machine = open(await openRecorded('sdxl'))
    await machine.useLoras([choice('lora-sdxl/sgm', 0.8, 0.6)])
    const ours = await predict(machine, 'lora-sdxl')
    expect(relativeError(ours.data, (await recorded('lora-sdxl', 'output')).data)).toBeLessThan(bar)
    const ids = await recorded('lora-sdxl', 'input_ids')
    const state = { layersFromEnd: 1, isNormed: false }
    const text = await machine.encodeText({
      tower: 0,
      ids: [Array.from(ids.data.subarray(0, 77)), Array.from(ids.data.subarray(77))],
      state,
    })
    expect(relativeError(text.states.data, (await recorded('lora-sdxl', 'penultimate')).data)).toBeLessThan(bar)
  })

  it('hold where attention is looked into as well', async () => {
    const machine = open(await openPipeline())
    await machine.useLoras([choice('lora/kohya', 0.7)])
    const [sample, context, timestep] = [
      await recorded('lora', 'sample'),
      await recorded('lora', 'encoder_hidden_states'),
      await recorded('lora', 'timestep'),
    ]
    const call = { sample, timestep: timestep.data[0] ?? NaN, conditioning: { context } }
    const { prediction, maps } = await machine.attend({ ...call, wantsMaps: true })
    expect(relativeError(prediction.data, (await recorded('lora', 'output')).data)).toBeLessThan(bar)
    expect(maps.length).toBeGreaterThan(0)
  })

  it('change nothing at strength 0, to the bit', async () => {
    const machine = open(await openPipeline())
    const plain = await predict(machine, 'lora')
    await machine.useLoras([choice('lora-conv/locon', 0)])
    expect(await predict(machine, 'lora')).toEqual(plain)
    await machine.useLoras([])
    expect(await predict(machine, 'lora')).toEqual(plain)
  })

  it('add up when several are used: a LoRA and its negative cancel', async () => {
    const machine = open(await openPipeline())
    const plain = await predict(machine, 'lora')
    await machine.useLoras([choice('lora/kohya', 0.7), choice('lora/kohya', -0.7)])
    expect(relativeError((await predict(machine, 'lora')).data, plain.data)).toBeLessThan(1e-5)
  })

  it('build networks anew only when the rank or the kind of layers is left, and say so', async () => {
    const machine = open(await openPipeline())
    const use = async (...choices: LoraChoice[]): Promise<string | null> => {
      const { rebuilt } = await machine.useLoras(choices)
      await predict(machine, 'lora')
      return rebuilt
    }
    expect(await use()).toBeNull()
    expect(await use(choice('lora/kohya', 1))).toBe('unet rank 8, transformers')
    expect(await use(choice('lora/kohya', 0.3))).toBeNull()
    expect(await use(choice('lora/diffusers', -1))).toBeNull()
    expect(await use(choice('lora/kohya', 1), choice('lora/diffusers', 1))).toBeNull()
    expect(await use(choice('lora/kohya', 1), choice('lora/kohya', 1), choice('lora/kohya', 1))).toBe(
      'unet rank 16, transformers',
    )
    expect(await use(choice('lora-conv/locon', 1))).toMatch(/^unet rank \d+, all$/)
  })

  it('report how much matched, and keep what was in use when a file cannot be used', async () => {
    const machine = open(await openPipeline())
    const { reports } = await machine.useLoras([choice('lora/kohya', 0.7)])
    expect(reports).toEqual([{ name: 'kohya', matched: 56, total: 56, unmatched: [], perComponent: { unet: 56 } }])
    await expect(machine.useLoras([choice('lora-sdxl/sgm', 1)])).rejects.toMatchObject({ code: 'weight-mismatch' })
    const ours = await predict(machine, 'lora')
    expect(relativeError(ours.data, (await recorded('lora', 'output')).data)).toBeLessThan(bar)
  })

  it('use a file for half the layers, and name what the model does not have', async () => {
    const path = join(scratch(), 'half.safetensors')
    const layer = (name: string, shape: readonly number[]): [string, NdArray] => [
      name,
      ndArray(shape, new Float32Array(sizeOf(shape)).fill(0.1)),
    ]
    const block = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1'
    const tensors = new Map([
      layer(`${block}_to_q.lora_down.weight`, [2, 16]),
      layer(`${block}_to_q.lora_up.weight`, [16, 2]),
      layer(`${block}_to_nowhere.lora_down.weight`, [2, 16]),
      layer(`${block}_to_nowhere.lora_up.weight`, [16, 2]),
    ])
    await writeSafetensors(path, { tensors, metadata: {} })
    const machine = open(await openPipeline())
    const plain = await predict(machine, 'lora')
    const { reports } = await machine.useLoras([{ path, strength: 1, textStrength: 1 }])
    expect(reports[0]).toMatchObject({ matched: 1, total: 2, unmatched: [`${block}_to_nowhere`] })
    expect(await predict(machine, 'lora')).not.toEqual(plain)
  })

  it('read a file again after it has changed', async () => {
    const path = join(scratch(), 'changing.safetensors')
    const write = (value: number): Promise<void> => {
      const tensors = new Map([
        ['lora_unet_conv_in.lora_down.weight', ndArray([1, 4, 3, 3], new Float32Array(36).fill(value))],
        ['lora_unet_conv_in.lora_up.weight', ndArray([16, 1, 1, 1], new Float32Array(16).fill(1))],
      ])
      return writeSafetensors(path, { tensors, metadata: { value: String(value) } }, { existing: 'replace' })
    }
    const machine = open(await openModelFolder(join(import.meta.dirname, '../../../reference/cases/pipeline'), { needsTokenizer: false })) // prettier-ignore
    const use = async (): Promise<NdArray> => {
      await machine.useLoras([{ path, strength: 1, textStrength: 1 }])
      return predict(machine, 'lora')
    }
    await write(0.1)
    const first = await use()
    await write(0.25)
    expect(await use()).not.toEqual(first)
  })
})
