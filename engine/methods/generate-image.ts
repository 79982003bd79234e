import { EngineError } from '../contract/failures.ts'
import type { GenerateRequest, Preview, RawPicture } from '../contract/records.ts'
import type { Guidance } from '../diffusion/guidance/guidance.ts'
import { guidances, type GuidanceId } from '../diffusion/guidance/guidances.ts'
import { networkInput } from '../diffusion/prediction.ts'
import { levelAt } from '../diffusion/samplers/along-schedule.ts'
import { buildSchedule } from '../diffusion/schedule.ts'
import { scheduleOfStrength, startFromLatents, startFromNoise } from '../diffusion/start.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import { flatten, toPixels, toTensor } from '../image/pixels.ts'
import { resize } from '../image/resize.ts'
import type { Denoiser, Schedule } from '../machine/denoiser.ts'
import type { Machine, ModelTraits } from '../machine/machine.ts'
import type { Progress } from '../machine/run.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { noiseStream } from '../tensor/noise-stream.ts'
import { previewOf } from './preview.ts'
import { chunksOf, type EncodedPrompt, type PromptEncoder } from './prompt-encoder.ts'
import { promptedDenoiser } from './prompted-denoiser.ts'
import { resolveRequest, type ResolvedRequest } from './resolve-request.ts'

export interface GenerateRun {
  readonly signal: AbortSignal
  /** After each finished unit of work, with a preview after every second step where the model has a map for it. */
  readonly progress: (progress: Progress & { readonly preview?: Preview }) => void
}

export interface GenerateInput {
  readonly machine: Machine
  readonly prompts: PromptEncoder
  readonly request: GenerateRequest
  /** Of this very picture, 0 … 2^64 − 1. */
  readonly seed: bigint
  /** The picture that `request.image` names, of any size. */
  readonly image?: RawPicture | undefined
  readonly run: GenerateRun
}

export interface GeneratedImage {
  readonly picture: RawPicture
  readonly resolved: ResolvedRequest
  /** What was changed or ignored, as message-catalogue keys with their facts. */
  readonly notes: readonly string[]
}

/**
 * From a prompt to a picture: text → conditioning, seed → noise, sampler(guidance(denoiser)) → latents → pixels.
 *
 * @throws EngineError 'cancelled', and whatever `resolveRequest`, the sampler and the machine refuse
 */
export const generateImage = async (input: GenerateInput): Promise<GeneratedImage> => {
  const { machine, request, seed, run } = input
  const { traits } = machine
  const resolved = resolveRequest(request, traits)
  const schedule = scheduleOf(request, resolved, traits)
  const total = schedule.length + 1 // text, steps, decoding
  throwIfCancelled(run.signal)
  const prompts = await encodePrompts(input)
  run.progress({ done: 1, total, stage: 'encode' })
  const noise = noiseOf(request, seed, traits.latentChannels, resolved, traits.vaeFactor)
  const latents = await resolved.sampler.sample({
    denoise: guidedDenoiser(input, prompts, resolved, schedule),
    x: await startOf(input, resolved, schedule, noise.start()),
    schedule,
    noise: noise.ofCall,
    ...(request.eta === undefined ? {} : { eta: request.eta }),
    run: {
      signal: run.signal,
      stepped: ({ state, clean }) => {
        const preview =
          state.done % 2 === 0 && traits.previewMap !== null ? { preview: previewOf(clean, traits.previewMap) } : {}
        run.progress({ done: 1 + state.done, total, stage: 'denoise', ...preview })
      },
    },
  })
  throwIfCancelled(run.signal)
  const picture = toPixels(await machine.decodeLatents(networkInput(latents, levelAt(schedule, schedule.length - 1))))
  run.progress({ done: total, total, stage: 'decode' })
  return { picture, resolved, notes: prompts.notes }
}

/** All steps, or the last of them when the request starts from a picture. */
const scheduleOf = (request: GenerateRequest, resolved: ResolvedRequest, { noise }: ModelTraits): Schedule => {
  const whole = buildSchedule({
    sampler: resolved.sampler,
    config: noise,
    kind: resolved.schedule,
    steps: request.steps,
  })
  return request.image === undefined ? whole : scheduleOfStrength(whole, request.image.strength)
}

/** Noise alone, or a picture's latents with the noise of the first level. */
const startOf = async (
  { machine, request, image }: GenerateInput,
  { sampler, schedule: kind, width, height }: ResolvedRequest,
  schedule: Schedule,
  noise: NdArray,
): Promise<NdArray> => {
  if (request.image === undefined) return startFromNoise(noise, schedule, sampler, kind)
  if (image === undefined) {
    throw new EngineError('bad-argument', {
      where: 'img2img',
      found: 'no pixels',
      expected: `those of ${request.image.source}`,
    })
  }
  const picture = resize(toTensor(flatten(image)), { width, height }, width < image.width ? 'area' : 'bilinear')
  return startFromLatents(await machine.encodeImage(picture), noise, schedule)
}

const noiseOf = (
  request: GenerateRequest,
  seed: bigint,
  channels: number,
  { width, height }: ResolvedRequest,
  factor: number,
) => {
  const { variationSeed, variationStrength = 0 } = request
  const shape = [channels, height / factor, width / factor]
  if (variationSeed === undefined) return noiseStream({ seeds: [seed], shape })
  return noiseStream({
    seeds: [seed],
    shape,
    variation: { seeds: [BigInt(variationSeed)], strength: variationStrength },
  })
}

interface Prompts {
  readonly prompt: EncodedPrompt
  /** Absent where guidance never asks for it. */
  readonly negative: EncodedPrompt | undefined
  readonly notes: readonly string[]
}

const encodePrompts = async ({ prompts, request, seed }: GenerateInput): Promise<Prompts> => {
  const { steps, clipSkip } = request
  const prompt = prompts.read(request.prompt, { steps, seed })
  if (request.cfgScale === 1 || request.guidance === 'none') {
    const options = { chunks: chunksOf(prompt), clipSkip, isNegative: false }
    return { prompt: await prompts.encode(prompt, options), negative: undefined, notes: prompt.notes }
  }
  const negative = prompts.read(request.negative, { steps, seed })
  const options = { chunks: chunksOf(prompt, negative), clipSkip }
  return {
    prompt: await prompts.encode(prompt, { ...options, isNegative: false }),
    negative: await prompts.encode(negative, { ...options, isNegative: true }),
    notes: prompt.notes,
  }
}

const guidedDenoiser = (
  { machine, request }: GenerateInput,
  { prompt, negative = prompt }: Prompts,
  size: ResolvedRequest,
  schedule: Schedule,
): Denoiser => {
  const { noise, guidanceThreshold } = machine.traits
  const guidance: Guidance = findGuidance(request.guidance).guide
  return guidance({
    conditional: promptedDenoiser({ machine, prompt, schedule, size }),
    negative: promptedDenoiser({ machine, prompt: negative, schedule, size }),
    scale: request.cfgScale,
    rescale: request.guidanceRescale,
    prediction: noise.predictionType,
    schedule,
    ...(guidanceThreshold === null ? {} : { threshold: guidanceThreshold }),
  }).denoise
}

const findGuidance = (id: GuidanceId) => guidances.find((entry) => entry.id === id) ?? guidances[0]
