import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { matchLora, nameSome, type LoraMatch } from '../../../../engine/checkpoint/lora/match-lora.ts'
import { openLora } from '../../../../engine/checkpoint/lora/open-lora.ts'
import { readLora, type LoraLayer } from '../../../../engine/checkpoint/lora/read-lora.ts'
import { loraNames, type LoraNames } from '../../../../engine/checkpoint/lora/lora-targets.ts'
import { readTensor } from '../../../../engine/checkpoint/read-tensor.ts'
import { writeSafetensors, type WritableTensor } from '../../../../engine/checkpoint/write-safetensors.ts'
import { ndArray, sizeOf } from '../../../../engine/tensor/nd-array.ts'
import { failureOf } from '../failure-of.ts'
import { loraFile, openPipeline, openRecorded } from '../recorded-files.ts'

let pipeline: LoraNames = new Map()
let sdxl: LoraNames = new Map()
let folder = ''
beforeAll(async () => {
  pipeline = loraNames(await openPipeline())
  sdxl = loraNames(await openRecorded('sdxl'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-lora-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const match = async (name: string, names = pipeline): Promise<LoraMatch> =>
  matchLora(await openLora(loraFile(name)), names)
const read = async (name: string, names = pipeline): Promise<readonly LoraLayer[]> => readLora(await match(name, names))
const byModule = (layers: readonly LoraLayer[]): Record<string, LoraLayer> =>
  Object.fromEntries(layers.map((layer) => [`${layer.component} ${layer.module}`, layer]))

/** A LoRA file of float32 ones. */
const write = async (
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Readonly<Record<string, string>> = {},
) => {
  const path = join(folder, 'made.safetensors')
  const tensors = Object.entries(shapes).map(([name, shape]): [string, WritableTensor] => {
    return [name, ndArray(shape, new Float32Array(sizeOf(shape)).fill(1))]
  })
  await writeSafetensors(path, { tensors: new Map(tensors), metadata })
  return openLora(path)
}

describe('matchLora', () => {
  it.each<[string, number, Record<string, number>]>([
    ['lora/kohya', 56, { unet: 56 }],
    ['lora/diffusers', 56, { unet: 56 }],
    ['lora-text-encoder/kohya', 74, { unet: 56, text_encoder: 18 }],
    ['lora-text-encoder/mixed', 74, { unet: 56, text_encoder: 18 }],
    ['lora-conv/locon', 129, { unet: 129 }],
    ['lora-conv/ends', 4, { unet: 4 }],
    ['lora-conv/tucker', 45, { unet: 45 }],
    ['lora-conv/odd-shapes', 70, { unet: 70 }],
    ['lora-peft/attn-procs', 56, { unet: 56 }],
    ['lora-peft/peft', 68, { unet: 56, text_encoder: 12 }],
  ])('finds every layer of %s', async (name, total, perComponent) => {
    expect((await match(name)).report).toMatchObject({ matched: total, total, unmatched: [], perComponent })
  })

  it.each<[string, number]>([
    ['lora-sdxl/sgm', 168],
    ['lora-sdxl/diffusers-names', 168],
    ['lora-sdxl/locon-sgm', 71],
  ])('finds every layer of %s', async (name, total) => {
    expect((await match(name, sdxl)).report).toMatchObject({ matched: total, total, unmatched: [] })
  })

  it.each([
    ['unet', 'lycoris_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q'],
    ['unet', 'base_model.model.unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q'],
    ['text_encoder', 'base_model.model.text_encoder.text_model.encoder.layers.0.mlp.fc1'],
    ['text_encoder', 'base_model.model.text_model.encoder.layers.0.mlp.fc1'],
    ['text_encoder', 'base_model.model.encoder.layers.0.mlp.fc1'],
    ['text_encoder', 'text_encoders.clip_l.transformer.text_model.encoder.layers.0.mlp.fc1'],
    ['text_encoder', 'text_encoders.clip_h.transformer.text_model.encoder.layers.0.mlp.fc1'],
    ['text_encoder_2', 'text_encoders.clip_g.transformer.text_model.encoder.layers.0.mlp.fc1'],
  ])('finds a layer of the %s under %s', (component, name) => {
    expect(sdxl.get(name.replace('blocks.0', 'blocks.1').replace('blocks_0', 'blocks_1'))?.component).toBe(component)
  })

  it('names the layers that the model does not have', async () => {
    const file = await write({
      'lora_unet_conv_in.lora_down.weight': [2, 4, 3, 3],
      'lora_unet_conv_in.lora_up.weight': [16, 2, 1, 1],
      'lora_unet_nowhere.lora_down.weight': [2, 8],
      'lora_unet_nowhere.lora_up.weight': [8, 2],
      extra: [1],
    })
    const { report } = matchLora(file, pipeline)
    expect(report).toMatchObject({ matched: 1, total: 2, unmatched: ['lora_unet_nowhere', 'extra'] })
    expect(nameSome(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more')
  })

  it('refuses a LoRA of another architecture by shape', async () => {
    const failure = await failureOf(async () => match('lora-sdxl/sgm'))
    expect(failure.code).toBe('weight-mismatch')
    expect(failure.message).toMatch(/made for another kind of model/)
  })

  it('refuses a LoRA of another architecture by name', async () => {
    const file = await write({
      'transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight': [2, 4],
      'transformer.single_transformer_blocks.0.attn.to_q.lora_B.weight': [4, 2],
    })
    expect((await failureOf(() => matchLora(file, pipeline))).message).toMatch(/none of its 1 layers is in this model/)
  })

  it.each([
    ['too few rows', [3, 16], [16, 4]],
    ['another width', [4, 17], [16, 4]],
    ['a kernel on a linear layer', [4, 16, 3, 3], [16, 4, 1, 1]],
    ['no rank', [0, 16], [16, 0]],
  ])('refuses matrices with %s', async (_, down, up) => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q'
    const file = await write({ [`${layer}.lora_down.weight`]: down, [`${layer}.lora_up.weight`]: up })
    expect((await failureOf(() => matchLora(file, pipeline))).code).toBe('weight-mismatch')
  })
})

describe('openLora', () => {
  it.each(['dora-in', 'dora-out'])('refuses %s naming the key', async (name) => {
    const failure = await failureOf(async () => openLora(loraFile(`lora-dora-refused/${name}`)))
    expect(failure.code).toBe('format-unsupported')
    expect(failure.facts).toMatchObject({ adapter: 'DoRA' })
    expect(failure.facts['key']).toMatch(/dora_scale$/)
  })

  it('refuses a layer with one matrix', async () => {
    const failure = await failureOf(async () => write({ 'lora_unet_conv_in.lora_down.weight': [2, 4, 3, 3] }))
    expect(failure.message).toMatch(/"lora_unet_conv_in" without its matrix "up"/)
  })

  it('refuses a file without any layer by what it is', async () => {
    const { code, facts } = await failureOf(async () => write({ emb_params: [2, 768] }))
    expect({ code, found: facts.found }).toEqual({
      code: 'format-unsupported',
      found: 'a textual inversion for SD 1.5 with 2 vectors',
    })
  })
})

describe('readLora', () => {
  it('gives the same layers from every dialect', async () => {
    const peft = byModule(await read('lora-peft/peft'))
    for (const dialect of ['processor', 'linear-layer']) {
      expect(byModule(await read(`lora-peft/${dialect}`))).toEqual(peft)
    }
    const unetOnly = Object.entries(peft).filter(([name]) => name.startsWith('unet '))
    expect(byModule(await read('lora-peft/attn-procs'))).toEqual(Object.fromEntries(unetOnly))
    expect(Object.values(peft).every(({ alpha, rank }) => alpha === 4 && rank === 4)).toBe(true)
  })

  it('takes alpha from the header where layers have none', async () => {
    expect((await read('lora-peft/metadata')).every(({ alpha, rank }) => alpha === 8 && rank === 4)).toBe(true)
  })

  it('follows alpha patterns and rank-stabilised scale of the header', async () => {
    const file = await write(
      {
        'unet.conv_in.lora_A.weight': [4, 4, 3, 3],
        'unet.conv_in.lora_B.weight': [16, 4, 1, 1],
        'unet.time_embedding.linear_1.lora_A.weight': [4, 16],
        'unet.time_embedding.linear_1.lora_B.weight': [64, 4],
      },
      {
        lora_adapter_metadata: JSON.stringify({
          'unet.lora_alpha': 8,
          'unet.alpha_pattern': { 'time_embedding.linear_1': 2 },
          'unet.use_rslora': true,
        }),
      },
    )
    const layers = await readLora(matchLora(file, pipeline))
    expect(layers.map(({ module, alpha }) => [module, alpha])).toEqual([
      ['conv_in', 16],
      ['time_embedding.linear_1', 4],
    ])
  })

  it('leaves layers without alpha at scale 1 whatever sd-scripts wrote about itself, as sd-scripts does', async () => {
    const file = await write(
      { 'lora_unet_conv_in.lora_down.weight': [4, 4, 3, 3], 'lora_unet_conv_in.lora_up.weight': [16, 4, 1, 1] },
      { ss_network_dim: '4', ss_network_alpha: '1' },
    )
    expect(await readLora(matchLora(file, pipeline))).toMatchObject([{ module: 'conv_in', rank: 4, alpha: 4 }])
  })

  it('keeps rank and alpha of each module, and alpha = rank where there is none', async () => {
    const layers = await read('lora-text-encoder/mixed')
    expect(new Set(layers.map(({ rank }) => rank))).toEqual(new Set([2, 3, 4]))
    expect(new Set(layers.map(({ alpha }) => alpha))).toEqual(new Set([1, 2, 3, 4, 8]))
  })

  it('gives SGM names and diffusers names of SDXL the same layers', async () => {
    expect(byModule(await read('lora-sdxl/sgm', sdxl))).toEqual(byModule(await read('lora-sdxl/diffusers-names', sdxl)))
  })

  it('brings linear layers stored with four sides and convolutions stored with two into form', async () => {
    const layers = byModule(await read('lora-conv/odd-shapes'))
    const path = 'unet down_blocks.0.attentions.0'
    expect(layers[`${path}.transformer_blocks.0.attn1.to_k`]?.down.shape).toEqual([4, 16])
    expect(layers[`${path}.proj_in`]?.down.shape).toEqual([4, 16, 1, 1])
    expect(layers[`${path}.proj_in`]?.up.shape).toEqual([16, 4, 1, 1])
  })

  it('multiplies a tucker kernel into the down matrix', async () => {
    const { file } = await match('lora-conv/tucker')
    const layer = byModule(await read('lora-conv/tucker'))['unet down_blocks.0.resnets.0.conv1']
    const name = 'lora_unet_down_blocks_0_resnets_0_conv1'
    const mid = await readTensor(file.checkpoint, `${name}.lora_mid.weight`)
    const down = await readTensor(file.checkpoint, `${name}.lora_down.weight`)
    expect(layer?.down.shape).toEqual([3, 16, 3, 3])
    // one element by hand: row 1, input 5, kernel place (2, 0)
    const [row, input, place] = [1, 5, 6]
    const sum = [0, 1, 2].reduce(
      (total, b) => total + (mid.data[(row * 3 + b) * 9 + place] ?? 0) * (down.data[b * 16 + input] ?? 0),
      0,
    )
    expect(layer?.down.data[(row * 16 + input) * 9 + place]).toBe(Math.fround(sum))
  })
})
