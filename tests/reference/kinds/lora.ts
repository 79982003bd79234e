import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { matchLora } from '../../../engine/checkpoint/lora/match-lora.ts'
import { loraNames, type LoraComponent } from '../../../engine/checkpoint/lora/lora-targets.ts'
import { openLora } from '../../../engine/checkpoint/lora/open-lora.ts'
import { readLora } from '../../../engine/checkpoint/lora/read-lora.ts'
import { openModelFolder } from '../../../engine/checkpoint/model-folder.ts'
import type { Graph } from '../../../engine/graph/graph.ts'
import { attachLora } from '../../../engine/networks/attach-lora.ts'
import { clipTextGraph } from '../../../engine/networks/clip/clip-text-graph.ts'
import type { ClipTextConfig } from '../../../engine/networks/clip/clip-text.ts'
import { loraFeeds, loraRankFor, type ActiveLora } from '../../../engine/networks/lora-feeds.ts'
import type { NdArray } from '../../../engine/tensor/nd-array.ts'
import type { CaseKind, CaseRow } from '../case-kind.ts'
import { pipelineUnet, readFeeds } from './pipeline-unet.ts'
import { compare, readConfig, readExpected, readWeights, type Expected } from './read-case.ts'
import { readSettings } from './read-settings.ts'
import { runGraph } from './run-graph.ts'

const componentStrengths = z.object({ unet: z.number(), text_encoder: z.number().default(0) })
const settingsSchema = z.object({
  strength: z.union([z.number().transform((unet) => ({ unet, text_encoder: 0 })), componentStrengths]),
})

/** LoRA files of every dialect, attached to the UNet and the text encoder of `pipeline`. */
export const loraCase: CaseKind = {
  name: 'lora',
  matches: (caseName) => /^lora(-text-encoder|-conv|-peft)?$/.test(caseName),
  check: async (folder) => {
    const { strength } = await readSettings(folder, settingsSchema)
    const expected = await readExpected(folder)
    const files = (await readdir(folder)).filter(
      (file) => file.endsWith('.safetensors') && !file.startsWith('expected'),
    )
    const rows: CaseRow[] = []
    for (const file of files) {
      const name = file.replace(/\.safetensors$/, '')
      const layers = await readLayers(folder, file)
      const loraOf = (component: LoraComponent, factor: number): ActiveLora => ({
        layers: layers.filter((layer) => layer.component === component),
        strength: factor,
      })
      rows.push(await unetRow(folder, name, expected, loraOf('unet', strength.unet)))
      const text = loraOf('text_encoder', strength.text_encoder)
      if (text.layers.length > 0) rows.push(await textRow(folder, name, expected, text))
    }
    return { tolerance: 1e-4, rows }
  },
}

const readLayers = async (folder: string, file: string): ReturnType<typeof readLora> => {
  const model = await openModelFolder(join(folder, '../pipeline'), { needsTokenizer: false })
  const layers = await readLora(matchLora(await openLora(join(folder, file)), loraNames(model)))
  // This one case was recorded with the alpha of its other file, which PEFT keys have no place for.
  const isWithoutAlpha = basename(folder) === 'lora' && file === 'diffusers.safetensors'
  return isWithoutAlpha ? layers.map((layer) => ({ ...layer, alpha: 2 })) : layers
}

const unetRow = async (folder: string, name: string, expected: Expected, lora: ActiveLora): Promise<CaseRow> => {
  const feeds = await readFeeds(expected)
  const graph = withLora(await pipelineUnet(folder, feeds.sample, feeds.context), lora)
  const { prediction } = await runGraph(graph, { ...feeds, ...loraFeeds(graph, [lora]) })
  return compareNamed(expected, name, 'output', prediction)
}

const lastState = { layersFromEnd: 0, isNormed: true }

const textRow = async (folder: string, name: string, expected: Expected, lora: ActiveLora): Promise<CaseRow> => {
  const pipeline = join(folder, '../pipeline')
  const weights = await readWeights(join(pipeline, 'text_encoder/model.safetensors'))
  const ids = await expected.read('input_ids')
  const [batch = 1, tokens = 1] = ids.shape
  const config = await readConfig<ClipTextConfig>(pipeline, 'text_encoder')
  const graph = withLora(clipTextGraph(weights, config, { batch, tokens }, lastState), lora)
  const { states } = await runGraph(graph, {
    ids: { shape: ids.shape, data: BigInt64Array.from(ids.data, BigInt) },
    end_positions: { shape: [batch], data: new BigInt64Array(batch) },
    ...loraFeeds(graph, [lora]),
  })
  return compareNamed(expected, name, 'last', states)
}

const withLora = (graph: Graph, lora: ActiveLora): Graph =>
  attachLora({ rank: loraRankFor([lora]), modules: lora.layers.map(({ module }) => module) })(graph)

/** Files that are the same LoRA in other dialects have one recorded result without their name. */
const compareNamed = async (
  expected: Expected,
  file: string,
  output: string,
  ours: NdArray | undefined,
): Promise<CaseRow> => {
  const own = `${file}.${output}`
  const recorded = expected.names.includes(own) ? own : output
  return compare(`${file}: ${recorded}`, ours, await expected.read(recorded))
}
