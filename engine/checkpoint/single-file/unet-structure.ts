import { EngineError } from '../../contract/failures.ts'
import type { Shape } from '../../tensor/nd-array.ts'
import type { RawConfig } from '../config/parse-config-json.ts'

/** Shapes of a network's tensors by their keys in the file, without the component's prefix. */
export type Shapes = ReadonlyMap<string, Shape>

/** What stands at one place of the file's numbered blocks, such as `input_blocks.4.1`. */
export interface PlacedModule {
  readonly kind: 'resnet' | 'attention' | 'sampler'
  /** Its key in the layout of diffusers, such as `down_blocks.1.attentions.0`. */
  readonly module: string
}

/** One level of the down path, or one block of the up path. */
interface Level {
  readonly channels: number
  readonly layers: number
  /** Transformer blocks per attention; 0 without attention. */
  readonly depth: number
}

/** How the numbered blocks of an LDM UNet are grouped into levels. */
export interface UnetStructure {
  /** By place in the file. */
  readonly modules: ReadonlyMap<string, PlacedModule>
  readonly down: readonly Level[]
  readonly up: readonly Level[]
  readonly midDepth: number
}

/**
 * Groups `input_blocks`, `middle_block` and `output_blocks` into levels: a level ends with its down- or upsampler.
 * The upsampler stands behind the attention where there is one (index 2), else behind the resnet (index 1).
 *
 * @source CompVis/latent-diffusion, ldm/modules/diffusionmodules/openaimodel.py, UNetModel
 */
export const unetStructure = (shapes: Shapes): UnetStructure => {
  const modules = new Map<string, PlacedModule>()
  const down = walkBlocks(shapes, modules, {
    path: 'input_blocks',
    first: 1,
    to: 'down_blocks',
    sampler: 'downsamplers',
  })
  const up = walkBlocks(shapes, modules, { path: 'output_blocks', first: 0, to: 'up_blocks', sampler: 'upsamplers' })
  modules.set('middle_block.0', { kind: 'resnet', module: 'mid_block.resnets.0' })
  modules.set('middle_block.1', { kind: 'attention', module: 'mid_block.attentions.0' })
  modules.set('middle_block.2', { kind: 'resnet', module: 'mid_block.resnets.1' })
  return { modules, down, up, midDepth: depthAt(shapes, 'middle_block.1') }
}

interface Path {
  readonly path: string
  readonly first: number
  readonly to: string
  readonly sampler: string
}

const walkBlocks = (
  shapes: Shapes,
  modules: Map<string, PlacedModule>,
  { path, first, to, sampler }: Path,
): Level[] => {
  const levels: Level[] = []
  let level = emptyLevel
  const finish = (place: string): void => {
    modules.set(place, { kind: 'sampler', module: `${to}.${levels.length}.${sampler}.0.conv` })
    levels.push(level)
    level = emptyLevel
  }
  for (let block = first; ; block += 1) {
    const place = `${path}.${block}`
    const channels = shapes.get(`${place}.0.out_layers.3.weight`)?.[0]
    if (shapes.has(`${place}.0.op.weight`)) finish(`${place}.0`)
    else if (channels === undefined) break
    else {
      const depth = depthAt(shapes, `${place}.1`)
      modules.set(`${place}.0`, { kind: 'resnet', module: `${to}.${levels.length}.resnets.${level.layers}` })
      if (depth > 0)
        modules.set(`${place}.1`, { kind: 'attention', module: `${to}.${levels.length}.attentions.${level.layers}` })
      level = { channels, layers: level.layers + 1, depth }
      const upsampler = `${place}.${depth > 0 ? 2 : 1}`
      if (shapes.has(`${upsampler}.conv.weight`)) finish(upsampler)
    }
  }
  return level.layers > 0 ? [...levels, level] : levels
}

const emptyLevel: Level = { channels: 0, layers: 0, depth: 0 }

const depthAt = (shapes: Shapes, place: string): number => {
  let depth = 0
  while (shapes.has(`${place}.transformer_blocks.${depth}.attn1.to_q.weight`)) depth += 1
  return depth
}

/**
 * The structure as diffusers would write it down.
 *
 * @throws EngineError 'model-unsupported' when up and down path do not mirror each other (distilled SDXL variants)
 */
export const structureConfig = ({ down, up, midDepth }: UnetStructure): RawConfig => {
  const mirrored = up.toReversed().map(({ layers, ...level }) => ({ ...level, layers: layers - 1 }))
  const hasMid = midDepth > 0 && (down.at(-1)?.depth === 0 || down.at(-1)?.depth === midDepth)
  if (down.length === 0 || !hasMid || down.some((level, i) => !sameLevel(level, mirrored[i]))) {
    throw new EngineError('model-unsupported', {
      where: 'unet',
      found: `blocks ${describeLevels(down)} down, ${midDepth} in the middle, ${describeLevels(up)} up`,
      expected: 'an up path that mirrors the down path',
      remedy: 'Attune cannot compute this variant yet: choose another model.',
    })
  }
  return {
    block_out_channels: down.map(({ channels }) => channels),
    layers_per_block: down.map(({ layers }) => layers),
    down_block_types: down.map(({ depth }) => (depth > 0 ? 'CrossAttnDownBlock2D' : 'DownBlock2D')),
    up_block_types: up.map(({ depth }) => (depth > 0 ? 'CrossAttnUpBlock2D' : 'UpBlock2D')),
    transformer_layers_per_block: down.map(({ depth }, i) => (i === down.length - 1 ? midDepth : Math.max(depth, 1))),
  }
}

const sameLevel = (a: Level, b: Level | undefined): boolean =>
  b !== undefined && a.channels === b.channels && a.layers === b.layers && a.depth === b.depth

const describeLevels = (levels: readonly Level[]): string =>
  `[${levels.map(({ channels, layers, depth }) => `${layers} x ${channels} depth ${depth}`).join(', ')}]`
