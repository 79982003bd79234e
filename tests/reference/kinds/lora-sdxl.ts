import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { matchLora } from '../../../engine/checkpoint/lora/match-lora.ts'
import { loraNames, type LoraComponent } from '../../../engine/checkpoint/lora/lora-targets.ts'
import { openLora } from '../../../engine/checkpoint/lora/open-lora.ts'
import { readLora } from '../../../engine/checkpoint/lora/read-lora.ts'
import type { ModelFiles } from '../../../engine/checkpoint/model-files.ts'
import type { Graph } from '../../../engine/graph/graph.ts'
import { attachLora } from '../../../engine/networks/attach-lora.ts'
import { clipTextGraph } from '../../../engine/networks/clip/clip-text-graph.ts'
import { loraFeeds, loraRankFor, type ActiveLora } from '../../../engine/networks/lora-feeds.ts'
import { unetGraph } from '../../../engine/networks/unet/unet-graph.ts'
import type { Elements, NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { openSingleFileCase } from './open-single-file-case.ts'
import { compare, readExpected, type Expected } from './read-case.ts'
import { readSettings } from './read-settings.ts'
import { runGraph } from './run-graph.ts'
import { towerFeeds } from './tower-feeds.ts'

const settingsSchema = z.object({
  strength: z.object({ unet: z.number(), text_encoder: z.number(), text_encoder_2: z.number() }),
})

/** LoRA files for SDXL, attached to the networks of `single-file-sdxl`. */
export const loraSdxlCase: CaseKind = {
  name: 'lora-sdxl',
  matches: (caseName) => caseName === 'lora-sdxl',
  check: async (folder) => {
    const { strength } = await readSettings(folder, settingsSchema)
    const expected = await readExpected(folder)
    const model = await openSingleFileCase(join(folder, '../single-file-sdxl'))
    const rows: CaseRow[] = []
    for (const file of await readdir(folder)) {
      if (!file.endsWith('.safetensors') || file === 'expected.safetensors') continue
      const layers = await readLora(matchLora(await openLora(join(folder, file)), loraNames(model)))
      const part = (component: LoraComponent): ActiveLora => ({
        layers: layers.filter((layer) => layer.component === component),
        strength: strength[component],
      })
      const name = file.replace(/\.safetensors$/, '')
      rows.push(await unetRow(model, name, expected, part('unet')))
      for (const [index, component] of (['text_encoder', 'text_encoder_2'] as const).entries()) {
        if (part(component).layers.length > 0)
          rows.push(...(await textRows(model, index, name, expected, part(component))))
      }
    }
    return { tolerance: 1e-4, rows }
  },
}

const unetRow = async ({ unet }: ModelFiles, file: string, expected: Expected, lora: ActiveLora): Promise<CaseRow> => {
  const sample = await expected.read('sample')
  const context = await expected.read('encoder_hidden_states')
  const [batch = 1, , height = 1, width = 1] = sample.shape
  const sizes = { batch, height, width, tokens: context.shape[1] ?? 1 }
  const { prediction } = await runWith(lora, unetGraph(unet.weights, unet.config, sizes), {
    sample,
    context,
    timestep: await expected.read('timestep'),
    text_embeds: await expected.read('unet_text_embeds'),
    time_ids: await expected.read('unet_time_ids'),
  })
  const own = `${file}.output`
  const recorded = expected.names.includes(own) ? own : 'output'
  return compare(`${file}: ${recorded}`, prediction, await expected.read(recorded))
}

const textRows = async (
  { textEncoders }: ModelFiles,
  index: number,
  file: string,
  expected: Expected,
  lora: ActiveLora,
): Promise<CaseRow[]> => {
  const tower = textEncoders[index]
  if (tower === undefined) throw new RangeError(`no text encoder ${index}`)
  const suffix = index === 0 ? '' : '_2'
  const { sizes, feeds } = towerFeeds(await expected.read(`input_ids${suffix}`), tower.config.eos_token_id)
  const state = { layersFromEnd: 1, isNormed: false }
  const found = await runWith(lora, clipTextGraph(tower.weights, tower.config, sizes, state), feeds)
  const name = `penultimate${suffix}`
  const rows = [compare(`${file}: ${name}`, found['states'], await expected.read(name))]
  if (index === 1) rows.push(compare(`${file}: text_embeds`, found['pooled'], await expected.read('text_embeds')))
  return rows
}

const runWith = (lora: ActiveLora, plain: Graph, feeds: Readonly<Record<string, NdArray<Elements>>>) => {
  const graph = attachLora({ rank: loraRankFor([lora]), modules: lora.layers.map(({ module }) => module) })(plain)
  return runGraph(graph, { ...feeds, ...loraFeeds(graph, [lora]) })
}
