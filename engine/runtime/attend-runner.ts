import { differentiate } from '../autodiff/differentiate.ts'
import { recompute } from '../autodiff/recompute.ts'
import { zeroFeed } from '../autodiff/zero-after.ts'
import { EngineError } from '../contract/failures.ts'
import { applyTransforms, type Graph, type Transform } from '../graph/graph.ts'
import { csgLayers } from '../losses/csg-layers.ts'
import { csgLoss } from '../losses/csg-loss.ts'
import { regionLayers } from '../losses/region-layers.ts'
import { regionLoss } from '../losses/region-loss.ts'
import type { AlignmentMaps, AttendCall, Attended, RegionInput, RegionLossKind } from '../machine/machine.ts'
import { attentionLayers, type AttentionLayer } from '../networks/attention-layers.ts'
import { biasAttention, biasInput, biasWeightInput } from '../networks/bias-attention.ts'
import { redistributeAttention } from '../networks/redistribute-attention.ts'
import { alignmentLayers, placesOutput, tapAlignment, upPlacesOutput } from '../networks/tap-alignment.ts'
import { tap } from '../networks/tap.ts'
import { unetGraph } from '../networks/unet/unet-graph.ts'
import { sizeOf, type NdArray } from '../tensor/nd-array.ts'
import { layerTable, mapsOf } from './attention-maps.ts'
import { csgFeeds, redistributionFeeds } from './csg-feeds.ts'
import type { GraphForms, LoadSession } from './load-session.ts'
import type { LorasOf } from './loras/network-loras.ts'
import type { UNetFiles } from './unet-files.ts'
import { addedFeeds } from './unet-runner.ts'

/** What a session that looks into attention was made for. */
export interface Features {
  readonly isPainted: boolean
  readonly isRedistributed: boolean
  /** Regions that the loss has room for; 0 without a gradient. */
  readonly regions: number
  readonly loss: RegionLossKind
  readonly wantsMaps: boolean
  readonly wantsAlignment: boolean
}

/** Nothing bent, nothing wanted. */
export const plainFeatures: Features = {
  isPainted: false,
  isRedistributed: false,
  regions: 0,
  loss: 'zest',
  wantsMaps: false,
  wantsAlignment: false,
}

interface Sizes {
  readonly height: number
  readonly width: number
  readonly tokens: number
}

/** Regions are counted up to the next of these, so that adding one seldom makes a new session. */
const regionRooms = [1, 2, 4, 8, 16, 32, 64, 128]

/** Runs the network with its attention to the prompt laid open. */
export const attendRunner = (
  files: UNetFiles,
  load: LoadSession,
  loras: LorasOf,
): ((call: AttendCall) => Promise<Attended>) => {
  const layersOf = layerTable(files)
  return async (call) => {
    const [, , height = 1, width = 1] = call.sample.shape
    const sizes = { height, width, tokens: call.conditioning.context.shape[1] ?? 1 }
    const features = featuresOf(call)
    const layers = layersOf(sizes)
    const lora = loras('unet')
    const key = `1 x ${width} x ${height}, ${sizes.tokens} tokens, ${JSON.stringify(features)}, ${lora.key}`
    const session = load(
      'unet',
      key,
      attendForms(() => lora.attach(plainGraph(files, sizes)), features),
    )
    const outputs = await session.run(() => ({
      sample: call.sample,
      timestep: { shape: [1], data: Float32Array.of(call.timestep) },
      context: call.conditioning.context,
      ...addedFeeds(files.config, [call]),
      ...paintFeeds(call, layers, sizes),
      ...guideFeeds(call, layers, sizes, features.regions),
      ...redistributionFeeds(call, layers, sizes.tokens),
      ...zeroFeed(),
      ...lora.feeds(),
    }))
    return attended(outputs, call, layers)
  }
}

/** Sizes of the maps that regions are read from, largest first. */
export const regionMapSizes =
  (files: UNetFiles) =>
  (latents: {
    readonly height: number
    readonly width: number
  }): readonly { readonly height: number; readonly width: number }[] => {
    const layers = regionLayers(attentionLayers(plainGraph(files, { ...latents, tokens: 1 })))
    const sizes = new Map(layers.map(({ height, width }) => [`${height} x ${width}`, { height, width }]))
    return [...sizes.values()].sort((a, b) => b.height * b.width - a.height * a.width)
  }

const featuresOf = (call: AttendCall): Features => {
  const { guide, wantsMaps, wantsAlignment = false } = call
  const count = guide?.regions.length ?? 0
  const room = count === 0 ? 0 : regionRooms.find((size) => size >= count)
  if (room !== undefined) {
    const isPainted = call.paint !== undefined
    const isRedistributed = call.redistribute !== undefined
    return { isPainted, isRedistributed, regions: room, loss: guide?.loss ?? 'zest', wantsMaps, wantsAlignment }
  }
  throw new EngineError('bad-argument', {
    where: 'regions',
    found: `${count} regions`,
    expected: `at most ${regionRooms.at(-1) ?? 0}`,
    remedy: 'Join some of them.',
  })
}

const plainGraph = ({ weights, config }: UNetFiles, sizes: Sizes): Graph =>
  unetGraph(weights, config, { batch: 1, ...sizes })

/**
 * The network with its attention laid open.
 *
 * @param plain  builds the network at one size, LoRAs attached
 */
export const attendForms = (plain: () => Graph, features: Features): GraphForms => ({
  kept: () => attendGraph(plain(), features),
  ...(features.regions > 0 && { recomputed: () => attendGraph(plain(), features, recompute) }),
})

/** @param thrift  applied before the gradient is taken */
const attendGraph = (plain: Graph, features: Features, ...thrift: readonly Transform[]): Graph => {
  const { regions, wantsMaps, wantsAlignment } = features
  const layers = attentionLayers(plain)
  const used = regionLayers(layers)
  const graph = bentGraph(plain, layers, features)
  const lossy = regions > 0 ? lossOf(layers, features)(graph) : graph
  const mapped = wantsMaps ? tap({ layers: used.map(({ key }) => key), expose: ['map'] })(lossy) : lossy
  const tapped = wantsAlignment ? tapAlignment(alignmentLayers(layers))(mapped) : mapped
  if (regions === 0) return tapped
  const keep = [...tapped.outputs.keys()].filter((name) => name !== 'loss')
  return applyTransforms(tapped, ...thrift, differentiate({ loss: 'loss', withRespectTo: ['sample'], keep }))
}

/** The graph whose attention regions bend without a gradient. */
const bentGraph = (plain: Graph, layers: readonly AttentionLayer[], features: Features): Graph => {
  const painted = layers.filter(({ looksAt }) => looksAt === 'prompt').map(({ key }) => key)
  const graph = features.isPainted ? biasAttention({ layers: painted })(plain) : plain
  if (!features.isRedistributed) return graph
  return redistributeAttention({ layers: csgLayers(layers).words.map(({ key }) => key) })(graph)
}

const lossOf = (layers: readonly AttentionLayer[], { loss, regions }: Features): Transform =>
  loss === 'csg'
    ? csgLoss({ layers: csgLayers(layers), regions })
    : regionLoss({ layers: regionLayers(layers), regions })

/** A [1, N, M] for every map size: coverage times strength at the tokens of each region; regions add. */
const paintFeeds = (
  { paint }: AttendCall,
  layers: readonly AttentionLayer[],
  { tokens }: Sizes,
): Record<string, NdArray> => {
  if (paint === undefined) return {}
  const feeds: Record<string, NdArray> = { [biasWeightInput]: { shape: [], data: Float32Array.of(paint.weight) } }
  for (const { looksAt, height, width } of layers) {
    const name = biasInput(height * width)
    if (looksAt !== 'prompt' || name in feeds) continue
    feeds[name] = paintedBias(paint.regions, height, width, tokens)
  }
  return feeds
}

const paintedBias = (regions: readonly RegionInput[], height: number, width: number, tokens: number): NdArray => {
  const data = new Float32Array(height * width * tokens)
  for (const region of regions) {
    const { data: covered } = region.coverage(height, width)
    for (const [position, share] of covered.entries()) {
      for (const token of region.tokens) {
        const index = position * tokens + token
        data[index] = (data[index] ?? 0) + share * region.strength
      }
    }
  }
  return { shape: [1, height * width, tokens], data }
}

/** Masks, tokens and strengths of the loss; places that are not needed have strength 0 and repeat the first region. */
const guideFeeds = (
  { guide }: AttendCall,
  layers: readonly AttentionLayer[],
  { tokens }: Sizes,
  room: number,
): Record<string, NdArray> => {
  const [first] = guide?.regions ?? []
  if (guide === undefined || first === undefined) return {}
  const isCsg = guide.loss === 'csg'
  const read = isCsg ? csgLayers(layers).words : regionLayers(layers)
  const largest = read.reduce((a, b) => (b.height * b.width > a.height * a.width ? b : a))
  const places = Array.from({ length: room }, (_, i) => guide.regions[i] ?? { ...first, strength: 0 })
  const area = largest.height * largest.width
  const masks = new Float32Array(room * area)
  const regionTokens = new Float32Array(room * tokens)
  for (const [i, region] of places.entries()) {
    masks.set(region.coverage(largest.height, largest.width).data, i * area)
    for (const token of region.tokens) regionTokens[i * tokens + token] = 1
  }
  return {
    masks: { shape: [room, largest.height, largest.width], data: masks },
    region_tokens: { shape: [room, tokens], data: regionTokens },
    strengths: { shape: [room], data: Float32Array.from(places, ({ strength }) => strength) },
    ...(isCsg && csgFeeds(guide.regions, layers, room)),
  }
}

const attended = (
  outputs: Readonly<Record<string, NdArray>>,
  call: AttendCall,
  layers: readonly AttentionLayer[],
): Attended => {
  const { prediction, loss, 'grad.sample': gradient } = outputs
  if (prediction === undefined)
    throw new EngineError('device-failed', { where: 'unet', found: 'a run without a prediction' })
  return {
    prediction,
    maps: call.wantsMaps ? mapsOf(outputs, regionLayers(layers)) : [],
    ...(call.wantsAlignment === true && { alignment: alignmentOf(outputs, layers) }),
    ...(call.guide !== undefined &&
      loss !== undefined &&
      gradient !== undefined && { guide: { loss: finiteLoss(loss), gradient } }),
  }
}

const alignmentOf = (outputs: Readonly<Record<string, NdArray>>, layers: readonly AttentionLayer[]): AlignmentMaps => {
  const { words, places } = alignmentLayers(layers)
  const { [placesOutput]: all, [upPlacesOutput]: up } = outputs
  const [first] = places
  const maps = mapsOf(outputs, words)
  if (all === undefined || up === undefined || first === undefined) return { words: maps }
  const { height, width } = first
  const shape = [height * width, height * width]
  return { words: maps, places: { height, width, all: { shape, data: all.data }, up: { shape, data: up.data } } }
}

const finiteLoss = (loss: NdArray): number => {
  const value = loss.data[0] ?? NaN
  if (Number.isFinite(value) && sizeOf(loss.shape) === 1) return value
  throw new EngineError('numbers-not-finite', {
    where: 'region loss',
    found: String(value),
    expected: 'a finite number',
    remedy: 'Use a lower guidance scale or fewer regions.',
  })
}
