import type { FirstMark } from '../alignment/first-marks.ts'
import { EngineError } from '../contract/failures.ts'
import type { RawPicture, RegionCoverage } from '../contract/records.ts'
import { networkInput } from '../diffusion/prediction.ts'
import { levelAt } from '../diffusion/samplers/along-schedule.ts'
import type { StepReport } from '../diffusion/samplers/sampler.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import { toPixels } from '../image/pixels.ts'
import type { Schedule } from '../machine/denoiser.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { encodeRequest } from './encode-request.ts'
import type { GenerateInput } from './generate-input.ts'
import { guidedDenoiser } from './guided-denoiser.ts'
import { previewOf } from './preview.ts'
import { resolveRequest, type ResolvedRequest } from './resolve-request.ts'
import { noiseOf, scheduleOf, startOf } from './start-latents.ts'
import { keepingOf, paintingMachine, readStart } from './start-picture.ts'

export interface GeneratedImage {
  readonly picture: RawPicture
  readonly resolved: ResolvedRequest
  /** What was changed or ignored, as message-catalogue keys with their facts. */
  readonly notes: readonly string[]
  /** How much of each painted region was obeyed; empty without regions. */
  readonly coverage: readonly RegionCoverage[]
  /** What the picture's own attention says of each word; empty unless asked for. */
  readonly marks: readonly FirstMark[]
}

/**
 * From a prompt to a picture: text → conditioning, seed → noise, sampler(guidance(denoiser)) → latents → pixels, with
 * painted regions steering the conditional denoiser.
 *
 * @throws EngineError 'cancelled', and whatever `resolveRequest`, `prepareLayout`, the sampler and the machine refuse
 */
export const generateImage = async (input: GenerateInput): Promise<GeneratedImage> => {
  const { machine, request, seed, run } = input
  const resolved = resolveRequest(request, machine.traits)
  const schedule = scheduleOf(request, resolved, machine.traits)
  const total = schedule.length + 1 // text, steps, decoding
  throwIfCancelled(run.signal)
  const encoded = await encodeRequest(input, resolved)
  run.progress({ done: 1, total, stage: 'encode' })
  const noise = noiseOf(request, seed, machine.traits.latentChannels, resolved, machine.traits.vaeFactor)
  const start = await readStart(input, resolved)
  const machineOfSteps = await paintingMachine(machine, start, resolved)
  const guided = guidedDenoiser({ ...input, machine: machineOfSteps }, encoded, resolved, schedule)
  const kept = keepingOf(start, noise.start())
  const { latents, notes } = await keepWhatIsThere(schedule, async (stepped) => {
    const whole = await resolved.sampler.sample({
      denoise: guided.denoise,
      ...(guided.beforeStep !== undefined && { beforeStep: guided.beforeStep }),
      afterStep: (x, next, isLast) => kept.afterStep(guided.afterStep(x, next), next, isLast),
      x: startOf(start, resolved, schedule, noise.start()),
      schedule,
      noise: noise.ofCall,
      ...(request.eta === undefined ? {} : { eta: request.eta }),
      run: {
        signal: run.signal,
        stepped: (report) => {
          stepped(report)
          tellStep(input, total, report)
        },
      },
    })
    return networkInput(whole, levelAt(schedule, schedule.length - 1))
  })
  throwIfCancelled(run.signal)
  const picture = kept.paste(toPixels(await machine.decodeLatents(latents)))
  run.progress({ done: total, total, stage: 'decode' })
  return {
    picture,
    resolved,
    notes: [...encoded.notes, ...notes, ...guided.watch.notes],
    coverage: guided.coverage(),
    marks: guided.watch.marks(),
  }
}

interface Drawn {
  /** Clean latents, [1, C, h, w]. */
  readonly latents: NdArray
  readonly notes: readonly string[]
}

/**
 * Draws; when numbers stop being finite on the way, the picture as the last finished step saw it is kept and the step is
 * said.
 */
const keepWhatIsThere = async (
  schedule: Schedule,
  draw: (stepped: (report: StepReport) => void) => Promise<NdArray>,
): Promise<Drawn> => {
  let last: StepReport | undefined
  try {
    const latents = await draw((report) => {
      refuseNotFinite(report.clean, report.state.done)
      last = report
    })
    return { latents, notes: [] }
  } catch (error) {
    if (last === undefined || !(error instanceof EngineError) || error.code !== 'numbers-not-finite') throw error
    const step = `${last.state.done} of ${schedule.length - 1}`
    return { latents: last.clean, notes: [`stopped-at-step: ${step}: ${error.facts.where}: ${error.facts.found}`] }
  }
}

const refuseNotFinite = ({ data }: NdArray, step: number): void => {
  if (data.every((value) => Number.isFinite(value))) return
  throw new EngineError('numbers-not-finite', {
    where: `step ${step}`,
    found: 'latents that are not finite',
    expected: 'finite numbers',
    remedy: 'Use a lower guidance scale, or another precision of the model.',
  })
}

/** Progress after each step, with a preview after every second one. */
const tellStep = ({ machine: { traits }, run }: GenerateInput, total: number, { state, clean }: StepReport): void => {
  const map = state.done % 2 === 0 ? traits.previewMap : null
  const preview = map === null ? {} : { preview: previewOf(clean, map) }
  run.progress({ done: 1 + state.done, total, stage: 'denoise', ...preview })
}
