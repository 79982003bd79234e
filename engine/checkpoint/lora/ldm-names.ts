/**
 * Names of a UNet's modules as the original code numbers them, by their names in diffusers: `down_blocks.1.resnets.0.conv1`
 * is `input_blocks.4.0.in_layers.2` when the first level has two resnets.
 *
 * @param modules  all modules with weights; how many resnets a level has is counted in them
 * @source CompVis/latent-diffusion, ldm/modules/diffusionmodules/openaimodel.py, UNetModel
 */
export const ldmModuleNames = (modules: readonly string[]): ReadonlyMap<string, string> => {
  const down = countResnets(modules, 'down_blocks')
  const up = countResnets(modules, 'up_blocks')
  const hasAttention = new Set(modules.map((module) => /^up_blocks\.\d+\.attentions/.exec(module)?.[0] ?? ''))
  const before = (counts: readonly number[], block: number): number =>
    counts.slice(0, block).reduce((sum, count) => sum + count, 0)
  const place = (path: string, block: number, kind: string, layer: number): string | undefined => {
    if (path === 'mid_block') return kind === 'attentions' ? 'middle_block.1' : `middle_block.${layer * 2}`
    // every level of the down path but the last ends with a downsampler of its own number; conv_in is number 0
    const first = path === 'down_blocks' ? 1 + before(down, block) + block : before(up, block)
    const counts = path === 'down_blocks' ? down : up
    if (kind === 'resnets') return `${blockNames[path]}.${first + layer}.0`
    if (kind === 'attentions') return `${blockNames[path]}.${first + layer}.1`
    if (path === 'down_blocks') return `input_blocks.${first + (counts[block] ?? 0)}.0`
    const behind = hasAttention.has(`up_blocks.${block}.attentions`) ? 2 : 1
    return `output_blocks.${first + (counts[block] ?? 0) - 1}.${behind}`
  }
  return new Map(
    modules.flatMap((module): [string, string][] => {
      const name = ends.get(module) ?? ldmName(module, place)
      return name === undefined ? [] : [[module, name]]
    }),
  )
}

type Place = (path: string, block: number, kind: string, layer: number) => string | undefined

const ldmName = (module: string, place: Place): string | undefined => {
  const match =
    /^(down_blocks|up_blocks|mid_block)\.(?:(\d+)\.)?(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)$/
  const [, path = '', block = '0', kind = '', layer = '0', tail = ''] = match.exec(module) ?? []
  if (path === '') return undefined
  const at = place(path, Number(path === 'mid_block' ? 0 : block), kind, Number(layer))
  if (at === undefined) return undefined
  if (kind === 'attentions') return `${at}.${tail}`
  if (kind === 'resnets') return resnetParts.has(tail) ? `${at}.${resnetParts.get(tail)}` : undefined
  return kind === 'downsamplers' ? `${at}.op` : `${at}.conv`
}

const countResnets = (modules: readonly string[], path: string): number[] => {
  const counts: number[] = []
  for (const module of modules) {
    const [, block, layer] = new RegExp(`^${path}\\.(\\d+)\\.resnets\\.(\\d+)\\.`).exec(module) ?? []
    if (block === undefined) continue
    counts[Number(block)] = Math.max(counts[Number(block)] ?? 0, Number(layer) + 1)
  }
  return counts
}

const blockNames: Readonly<Record<string, string>> = { down_blocks: 'input_blocks', up_blocks: 'output_blocks' }

const ends: ReadonlyMap<string, string> = new Map([
  ['conv_in', 'input_blocks.0.0'],
  ['conv_out', 'out.2'],
  ['time_embedding.linear_1', 'time_embed.0'],
  ['time_embedding.linear_2', 'time_embed.2'],
  ['add_embedding.linear_1', 'label_emb.0.0'],
  ['add_embedding.linear_2', 'label_emb.0.2'],
])

const resnetParts: ReadonlyMap<string, string> = new Map([
  ['conv1', 'in_layers.2'],
  ['time_emb_proj', 'emb_layers.1'],
  ['conv2', 'out_layers.3'],
  ['conv_shortcut', 'skip_connection'],
])
