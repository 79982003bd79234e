import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { matchLora } from '../../../../engine/checkpoint/lora/match-lora.ts'
import { openLora } from '../../../../engine/checkpoint/lora/open-lora.ts'
import { readLora, type LoraLayer } from '../../../../engine/checkpoint/lora/read-lora.ts'
import { loraNames, type LoraNames } from '../../../../engine/checkpoint/lora/lora-targets.ts'
import { writeLora } from '../../../../engine/checkpoint/lora/write-lora.ts'
import { loraFile, openPipeline, openRecorded } from '../recorded-files.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-write-lora-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const read = async (path: string, names: LoraNames): Promise<readonly LoraLayer[]> =>
  readLora(matchLora(await openLora(path), names))
const sorted = (layers: readonly LoraLayer[]): LoraLayer[] =>
  layers.toSorted((a, b) => (`${a.component} ${a.module}` < `${b.component} ${b.module}` ? -1 : 1))

it('writes in kohya keys what it has read, convolutions included', async () => {
  const names = loraNames(await openPipeline())
  const layers = await read(loraFile('lora-conv/locon'), names)
  const path = join(folder, 'taste.safetensors')
  await writeLora(path, {
    layers,
    hasTwoTextEncoders: false,
    metadata: { 'modelspec.title': 'taste' },
    precision: 'float32',
  })
  expect(sorted(await read(path, names))).toEqual(sorted(layers))
  const { checkpoint } = await openLora(path)
  expect([...checkpoint.metadata.keys()].sort()).toEqual([
    'modelspec.title',
    'ss_network_alpha',
    'ss_network_dim',
    'ss_network_module',
  ])
})

it('keeps half floats as they were and both text encoders of SDXL apart', async () => {
  const names = loraNames(await openRecorded('sdxl'))
  const layers = await read(loraFile('lora-sdxl/diffusers-names'), names)
  const path = join(folder, 'taste.safetensors')
  await writeLora(path, { layers, hasTwoTextEncoders: true, metadata: {}, precision: 'float16' })
  // the recorded file is stored in float16, so nothing is rounded
  expect(sorted(await read(path, names))).toEqual(sorted(layers))
})
