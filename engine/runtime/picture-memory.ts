import type { ModelFiles } from '../checkpoint/model-files.ts'
import { EngineError } from '../contract/failures.ts'
import { unetGraph } from '../networks/unet/unet-graph.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../networks/vae/vae-graphs.ts'
import { vaeFactor } from '../networks/vae/vae.ts'
import { attendForms, plainFeatures, type Features } from './attend-runner.ts'
import type { GraphForms, SessionKind } from './load-session.ts'
import type { LorasOf } from './loras/network-loras.ts'
import { gigabytes, smallerModel, type MemoryBudget } from './memory/memory-budget.ts'
import type { MemoryPrediction } from './memory/predict-memory.ts'
import { sessionPlans, type PlanOptions } from './memory/session-plans.ts'
import { predictGraph } from './unet-runner.ts'
import { tileSize } from './vae-runner.ts'

/** What is done with a picture: drawn; held against words, or against whole prompts; drawn to measure its model. */
export type PictureTask = 'draw' | 'align' | 'classify' | 'measure'

/** A picture that is wanted. */
export interface PictureNeeds {
  /** `draw` when absent. At the others nobody chooses the size: it is the model's own. */
  readonly task?: PictureTask
  /** In pixels; the VAE factor divides both. */
  readonly width: number
  readonly height: number
  /** Painted regions whose gradient steers it. */
  readonly regions: number
  /** Whether it starts from a picture. */
  readonly isStarted: boolean
}

/** What a picture needs against what there is. */
export interface MemoryEstimate {
  readonly neededBytes: number
  readonly availableBytes: number
  readonly fits: boolean
  /** The largest size of about the same shape that fits; null when none does, or none is needed. */
  readonly remedy: { readonly width: number; readonly height: number } | null
}

export interface PictureMemoryOptions extends PlanOptions {
  readonly files: Pick<ModelFiles, 'unet' | 'vae' | 'textEncoders'>
  readonly loras: LorasOf
  readonly budget: MemoryBudget
  readonly largestBatch: number
  /** As `unetRunner` has it. */
  readonly alwaysMaps: boolean
}

/**
 * What a picture needs even in the ways that take least and with everything else of this process gone. Reads nothing
 * but headers. Devices with memory of their own are not asked: everything fits.
 */
export const estimatePicture = (options: PictureMemoryOptions, needs: PictureNeeds): MemoryEstimate => {
  const availableBytes = options.budget.wholeBytes()
  if (options.device.name !== 'cpu') return { neededBytes: 0, availableBytes, fits: true, remedy: null }
  const neededBytes = neededFor(options, needs)
  const fits = neededBytes <= availableBytes
  const hasChoice = (needs.task ?? 'draw') === 'draw'
  const remedy = fits || !hasChoice ? null : largestFitting(options, needs, availableBytes)
  return { neededBytes, availableBytes, fits, remedy }
}

/**
 * Refuses a picture that will not fit, before anything is loaded.
 *
 * @throws EngineError 'out-of-memory' with the bytes needed and available and, where one fits, a smaller size
 */
export const checkPicture = (options: PictureMemoryOptions, needs: PictureNeeds): void => {
  if (options.device.name !== 'cpu' || fitsEasily(options, needs)) return
  const { fits, neededBytes, availableBytes, remedy } = estimatePicture(options, needs)
  if (fits) return
  const missing = `Close other apps: ${gigabytes(neededBytes - availableBytes)} are missing.`
  throw new EngineError('out-of-memory', {
    where: `memory for ${purposes[needs.task ?? 'draw']} ${needs.width} x ${needs.height}`,
    found: `${gigabytes(neededBytes)} needed, ${gigabytes(availableBytes)} available`,
    expected: 'to fit into memory',
    remedy:
      remedy === null
        ? `${missing} ${smallerModel}`
        : `Choose ${remedy.width} x ${remedy.height} or smaller. Or close other apps: ${gigabytes(neededBytes - availableBytes)} are missing.`,
    neededBytes,
    availableBytes: Math.round(availableBytes),
    isEstimate: true,
    ...(remedy !== null && { fittingWidth: remedy.width, fittingHeight: remedy.height }),
  })
}

const purposes: Readonly<Record<PictureTask, string>> = {
  draw: 'a picture of',
  align: 'finding words in a picture of',
  classify: 'comparing prompts with a picture of',
  measure: 'measuring the model with pictures of',
}

/** Far above all that was measured; saves predicting where memory is plenty. */
const [mostBytesPerWeight, mostBytesPerPixel, mostBytesBeside] = [20, 64_000, 2 ** 28]

const fitsEasily = ({ files, budget }: PictureMemoryOptions, { width, height }: PictureNeeds): boolean => {
  const weights = [...files.unet.weights.values()].reduce((sum, { byteLength }) => sum + byteLength / 2, 0)
  return weights * mostBytesPerWeight + width * height * mostBytesPerPixel + mostBytesBeside <= budget.wholeBytes()
}

/** Sessions that a picture uses in turn; those of one row are needed at the same time. */
const neededFor = (options: PictureMemoryOptions, needs: PictureNeeds): number =>
  Math.max(...sessionsFor(options, needs).map((row) => together(row.map((session) => leastMemory(options, session)))))

interface WantedSession {
  readonly kind: SessionKind
  readonly forms: GraphForms
}

const sessionsFor = (
  { files: { unet, vae, textEncoders }, loras, largestBatch, alwaysMaps }: PictureMemoryOptions,
  { task = 'draw', width, height, regions, isStarted }: PictureNeeds,
): readonly (readonly WantedSession[])[] => {
  const factor = vaeFactor(vae.config)
  const tokens = textEncoders[0]?.config.max_position_embeddings ?? 1
  const latents = { height: height / factor, width: width / factor, tokens }
  const network = (batch: number) => loras('unet').attach(unetGraph(unet.weights, unet.config, { batch, ...latents }))
  const plain: WantedSession = {
    kind: 'unet',
    forms: { kept: () => predictGraph(network(largestBatch), { hasMaps: alwaysMaps }) },
  }
  const attending = (features: Partial<Features>): WantedSession => ({
    kind: 'unet',
    forms: attendForms(() => network(1), { ...plainFeatures, ...features }),
  })
  const tile = { batch: 1, ...tileSize({ width, height }, factor) }
  const decoder: WantedSession = {
    kind: 'vae-decoder',
    forms: { kept: () => vaeDecoderGraph(vae.weights, vae.config, tile) },
  }
  const encoder: WantedSession = {
    kind: 'vae-encoder',
    forms: { kept: () => vaeEncoderGraph(vae.weights, vae.config, tile) },
  }
  switch (task) {
    case 'draw':
    case 'measure':
      return [
        regions === 0 ? [plain] : [plain, attending({ isPainted: true, regions })],
        [decoder],
        ...(isStarted ? [[encoder]] : []),
      ]
    case 'align':
      return [[encoder], [plain, attending({ wantsAlignment: true })]]
    case 'classify':
      return [[encoder], [plain]]
    default:
      return task satisfies never
  }
}

const leastMemory = (options: PlanOptions, { kind, forms }: WantedSession): MemoryPrediction =>
  sessionPlans(options, { kind, forms, alive: 0 }).least().predicted()

/** What is mapped from one file is there once. */
const together = (predictions: readonly MemoryPrediction[]): number =>
  predictions.reduce((sum, { privateBytes }) => sum + privateBytes, 0) +
  Math.max(...predictions.map(({ weights }) => weights.mappedBytes))

const sideStep = 64

/** The largest size below the wanted one, on multiples of 64 of its longer side, that fits. */
const largestFitting = (
  options: PictureMemoryOptions,
  needs: PictureNeeds,
  availableBytes: number,
): MemoryEstimate['remedy'] => {
  const longer = Math.max(needs.width, needs.height)
  const snap = (side: number): number => Math.max(sideStep, Math.floor(side / sideStep) * sideStep)
  const steps = Math.ceil(longer / sideStep) - 1
  const sizeAt = (step: number) => {
    const share = (step * sideStep) / longer
    return { width: snap(needs.width * share), height: snap(needs.height * share) }
  }
  let [fitting, tooLarge] = [0, steps + 1]
  while (tooLarge - fitting > 1) {
    const middle = (fitting + tooLarge) >> 1
    if (neededFor(options, { ...needs, ...sizeAt(middle) }) <= availableBytes) fitting = middle
    else tooLarge = middle
  }
  return fitting === 0 ? null : sizeAt(fitting)
}
