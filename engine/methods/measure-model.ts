import type { RawPicture } from '../contract/records.ts'
import { findSampler } from '../diffusion/find-sampler.ts'
import { guide } from '../diffusion/guidance/guide.ts'
import { leastGuidedShare } from '../diffusion/guidance/adaptive.ts'
import { networkInput, noiseFromClean } from '../diffusion/prediction.ts'
import { levelAt } from '../diffusion/samplers/along-schedule.ts'
import type { SamplerState } from '../diffusion/samplers/sampler.ts'
import { buildSchedule } from '../diffusion/schedule.ts'
import { startFromNoise } from '../diffusion/start.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import { ssim } from '../image/compare.ts'
import { toPixels } from '../image/pixels.ts'
import { resize } from '../image/resize.ts'
import type { Denoiser, Schedule } from '../machine/denoiser.ts'
import type { Machine, PreviewMap } from '../machine/machine.ts'
import type { Run } from '../machine/run.ts'
import { cosine } from '../tensor/arithmetic.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { noiseStream } from '../tensor/noise-stream.ts'
import { LeastSquares } from './least-squares.ts'
import { chunksOf, type PromptEncoder } from './prompt-encoder.ts'
import { promptedDenoiser } from './prompted-denoiser.ts'

/** What Attune finds out about a model by drawing with it. */
export interface ModelMeasurement {
  /** Smallest cosine at which Adaptive Guidance may stop; null when even the latest stop is worse than fewer steps. */
  readonly guidanceThreshold: number | null
  readonly previewMap: PreviewMap
  readonly prompts: number
  /** Mean SSIM to full guidance of pictures that stop at the threshold, and share of network runs saved. */
  readonly adaptive: { readonly ssim: number; readonly savedShare: number } | null
  /** Mean SSIM to full guidance of full guidance with 25 % fewer steps. */
  readonly fewerStepsSsim: number
}

interface MeasureInput {
  readonly machine: Machine
  readonly encoder: PromptEncoder
  readonly prompts: readonly string[]
  readonly run: Run
}

const steps = 20
const fewerSteps = 15
const cfgScale = 5
/** Index of the first step that may be the last guided one. */
const earliestStop = Math.ceil(leastGuidedShare * steps) - 1

/**
 * Measures the threshold of Adaptive Guidance (the smallest cosine whose pictures are, on average, no farther from full
 * guidance than full guidance with 25 % fewer steps is) and the linear preview map.
 *
 * @throws EngineError 'cancelled', and what the machine refuses
 * @source Castillo et al. 2023, arXiv:2312.12487, section 5; SSIM as in `image/compare.ts`
 */
export const measureModel = async ({ machine, encoder, prompts, run }: MeasureInput): Promise<ModelMeasurement> => {
  const drawn: PromptMeasurement[] = []
  const fit = new LeastSquares(machine.traits.latentChannels + 1, 3)
  for (const [index, prompt] of prompts.entries()) {
    throwIfCancelled(run.signal)
    const pair = await denoisersOf(machine, encoder, prompt)
    drawn.push(await measurePrompt(machine, pair, BigInt(index), fit, run.signal))
    run.progress({ done: index + 1, total: prompts.length, stage: 'measure' })
  }
  const fewerStepsSsim = mean(drawn.map(({ fewer }) => fewer))
  const best = smallestThreshold(drawn, fewerStepsSsim)
  const rows = fit.solve()
  const previewMap = { weights: rows.map((row) => row.slice(0, -1)), bias: rows.map((row) => row.at(-1) ?? 0) }
  return { ...best, previewMap, prompts: prompts.length, fewerStepsSsim }
}

/** One prompt drawn with full guidance, with every possible stop, and with fewer steps. */
interface PromptMeasurement {
  /** Cosine of both predictions in each step. */
  readonly cosines: readonly number[]
  /** SSIM to full guidance when the last guided step is `index`, from the earliest one on; 1 for the last step. */
  readonly ssimOfStop: readonly number[]
  readonly fewer: number
}

interface Pair {
  readonly conditional: Denoiser
  readonly negative: Denoiser
}

const denoisersOf = async (machine: Machine, encoder: PromptEncoder, prompt: string): Promise<Pair> => {
  const options = { steps, seed: 0n }
  const [read, empty] = [encoder.read(prompt, options), encoder.read('', options)]
  const chunks = chunksOf(read, empty)
  const shared = { machine, schedule: scheduleFor(machine, steps), size: machine.traits.defaultSize }
  return {
    conditional: promptedDenoiser({ ...shared, prompt: await encoder.encode(read, { chunks, isNegative: false }) }),
    negative: promptedDenoiser({ ...shared, prompt: await encoder.encode(empty, { chunks, isNegative: true }) }),
  }
}

const sampler = findSampler('ddim')
const measurePrompt = async (
  machine: Machine,
  pair: Pair,
  seed: bigint,
  fit: LeastSquares,
  signal: AbortSignal,
): Promise<PromptMeasurement> => {
  const schedule = scheduleFor(machine, steps)
  const noise = startNoise(machine, seed)
  const cosines: number[] = []
  const states: SamplerState[] = []
  const guided: Denoiser = async (x, level) => {
    const [conditional, negative] = await Promise.all([pair.conditional(x, level), pair.negative(x, level)])
    cosines.push(cosine(noiseFromClean(conditional, x, level), noiseFromClean(negative, x, level)))
    return guide({ conditional, negative }, x, level, {
      scale: cfgScale,
      rescale: 0,
      prediction: machine.traits.noise.predictionType,
    })
  }
  const latents = await draw(guided, schedule, noise, { signal, onState: (state) => states.push(state) })
  const decoded = await machine.decodeLatents(networkInput(latents, levelAt(schedule, steps)))
  addPreviewRows(fit, latents, decoded)
  const full = toPixels(decoded)
  const compareTo = async (other: NdArray, its: Schedule): Promise<number> =>
    ssim(full, await decode(machine, other, its))
  const ssimOf = async (state: SamplerState): Promise<number> => {
    // Guidance never stops so early; NaN would show if it were asked for.
    if (state.done - 1 < earliestStop) return NaN
    if (state.done === steps) return 1
    return compareTo(await draw(pair.conditional, schedule, noise, { signal, resume: state }), schedule)
  }
  const ssimOfStop: number[] = []
  for (const state of states) ssimOfStop.push(await ssimOf(state))
  const short = scheduleFor(machine, fewerSteps)
  return {
    cosines: cosines.slice(0, steps),
    ssimOfStop,
    fewer: await compareTo(await draw(guided, short, noise, { signal }), short),
  }
}

const scheduleFor = (machine: Machine, count: number): Schedule =>
  buildSchedule({ sampler, config: machine.traits.noise, kind: sampler.defaultSchedule, steps: count })

const startNoise = ({ traits }: Machine, seed: bigint): NdArray => {
  const { latentChannels, defaultSize, vaeFactor } = traits
  return noiseStream({
    seeds: [seed],
    shape: [latentChannels, defaultSize.height / vaeFactor, defaultSize.width / vaeFactor],
  }).start()
}

interface DrawOptions {
  readonly signal: AbortSignal
  readonly onState?: (state: SamplerState) => void
  readonly resume?: SamplerState
}

const draw = (
  denoise: Denoiser,
  schedule: Schedule,
  noise: NdArray,
  { signal, onState, resume }: DrawOptions,
): Promise<NdArray> =>
  sampler.sample({
    denoise,
    x: startFromNoise(noise, schedule, sampler, sampler.defaultSchedule),
    schedule,
    noise: () => noise, // DDIM without eta draws none
    ...(resume === undefined ? {} : { resume }),
    run: { signal, stepped: ({ state }) => onState?.(state) },
  })

const decode = async (machine: Machine, latents: NdArray, schedule: Schedule): Promise<RawPicture> =>
  toPixels(await machine.decodeLatents(networkInput(latents, levelAt(schedule, schedule.length - 1))))

/** One equation for each latent pixel: its channels and 1 against the mean colour of its patch, 0 … 1. */
const addPreviewRows = (fit: LeastSquares, latents: NdArray, decoded: NdArray): void => {
  const [, channels = 1, height = 1, width = 1] = latents.shape
  const small = resize(decoded, { width, height }, 'area')
  const pixels = height * width
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const features = Array.from({ length: channels }, (_, channel) => latents.data[channel * pixels + pixel] ?? 0)
    const colours = [0, 1, 2].map((colour) =>
      Math.min(1, Math.max(0, (small.data[colour * pixels + pixel] ?? 0) / 2 + 0.5)),
    )
    fit.add([...features, 1], colours)
  }
}

/** The smallest threshold whose mean SSIM is not below that of fewer steps. */
const smallestThreshold = (
  drawn: readonly PromptMeasurement[],
  bar: number,
): Pick<ModelMeasurement, 'guidanceThreshold' | 'adaptive'> => {
  const candidates = [
    ...new Set(drawn.flatMap(({ cosines }) => cosines.map((value) => Math.round(value * 1e5) / 1e5))),
  ].sort((a, b) => a - b)
  for (const threshold of candidates) {
    const stops = drawn.map((prompt) => stopOf(prompt, threshold))
    const reached = mean(drawn.map(({ ssimOfStop }, i) => ssimOfStop[stops[i] ?? steps - 1] ?? 1))
    if (reached < bar) continue
    const saved = mean(stops.map((stop) => (steps - 1 - stop) / (2 * steps)))
    return saved === 0
      ? { guidanceThreshold: null, adaptive: null }
      : { guidanceThreshold: threshold, adaptive: { ssim: reached, savedShare: saved } }
  }
  return { guidanceThreshold: null, adaptive: null }
}

/** Index of the last guided step: the first that crosses the threshold, not before the guided share ends. */
const stopOf = ({ cosines }: PromptMeasurement, threshold: number): number => {
  const crossing = cosines.findIndex((value, index) => index >= earliestStop && value >= threshold)
  return crossing === -1 ? steps - 1 : crossing
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
