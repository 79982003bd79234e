import { EngineError } from '../contract/failures.ts'
import type { RegionCoverage, SteeringKind } from '../contract/records.ts'
import type { Guidance } from '../diffusion/guidance/guidance.ts'
import { guidances, type GuidanceId } from '../diffusion/guidance/guidances.ts'
import { guidedShare, type Steering } from '../diffusion/steering/region-steering.ts'
import { steerings, type SteeringEntry } from '../diffusion/steering/steerings.ts'
import { throwIfCancelled } from '../diffusion/throw-if-cancelled.ts'
import type { NoiseLevel, Schedule } from '../machine/denoiser.ts'
import type { EncodedRequest } from './encode-request.ts'
import type { GenerateInput } from './generate-input.ts'
import type { PlacedRegion } from './layout-regions.ts'
import { conditioningAt, promptedDenoiser, stageIndexAt, type Prompted } from './prompted-denoiser.ts'
import { MapMean, regionCoverages } from './region-coverage.ts'
import type { ResolvedRequest } from './resolve-request.ts'
import { WordWatch } from './watch-words.ts'

/** The denoiser that a sampler follows, with what its regions do after each step and how far they got. */
export interface GuidedDenoiser extends Steering {
  readonly coverage: () => readonly RegionCoverage[]
  readonly watch: WordWatch
}

/**
 * Guidance over prompt and negative prompt; the prompt's side steered to the painted regions.
 *
 * @throws EngineError 'unknown-name' for a steering that is not built
 */
export const guidedDenoiser = (
  { machine, request, run }: GenerateInput,
  { prompt, negative = prompt, regions, words }: EncodedRequest,
  size: ResolvedRequest,
  schedule: Schedule,
): GuidedDenoiser => {
  const { noise, guidanceThreshold } = machine.traits
  const prompted = { machine, prompt, schedule, size }
  const steering = findSteering(request.steering)
  const { signal } = run
  const conditional = steeredDenoiser(prompted, regions, { steering, watch: new WordWatch(words), signal })
  const guidance: Guidance = findGuidance(request.guidance).guide
  const { denoise } = guidance({
    conditional: conditional.denoise,
    negative: promptedDenoiser({ ...prompted, prompt: negative }),
    scale: request.cfgScale,
    rescale: request.guidanceRescale,
    prediction: noise.predictionType,
    schedule,
    guidedShare: steering.takesGradients ? latestEnd(regions) : 0,
    ...(guidanceThreshold === null ? {} : { threshold: guidanceThreshold }),
  })
  return { ...conditional, denoise }
}

interface Steered {
  readonly steering: SteeringEntry
  readonly watch: WordWatch
  readonly signal: AbortSignal
}

const steeredDenoiser = (
  prompted: Prompted,
  regions: EncodedRequest['regions'],
  { steering: { steer }, watch, signal }: Steered,
): GuidedDenoiser => {
  if (regions.every((placed) => placed.length === 0))
    return { denoise: watch.denoiser(prompted), afterStep: (x) => x, coverage: () => [], watch }
  const { machine, schedule } = prompted
  const maps = new MapMean()
  const regionsAt = (level: NoiseLevel): readonly PlacedRegion[] => regions[stageIndexAt(prompted, level)] ?? []
  const steering = steer({
    regionsAt,
    plain: promptedDenoiser(prompted),
    schedule,
    prediction: machine.traits.noise.predictionType,
    attend: (call, level) => {
      throwIfCancelled(signal)
      return machine.attend({ ...call, conditioning: conditioningAt(prompted, level) })
    },
    onMaps: (seen) => {
      maps.add(seen)
      watch.see(seen)
    },
  })
  return { ...steering, coverage: () => regionCoverages(maps, regions.at(-1) ?? []), watch }
}

/** The share of the steps in which some region's gradient is taken. */
const latestEnd = (regions: EncodedRequest['regions']): number =>
  Math.max(0, ...regions.flat().map(({ to = guidedShare }) => to))

const findSteering = (id: SteeringKind): SteeringEntry => {
  const entry = steerings.find((steering) => steering.id === id)
  if (entry !== undefined) return entry
  throw new EngineError('unknown-name', {
    where: 'steering',
    found: `"${id}"`,
    expected: steerings.map((steering) => steering.id).join(', '),
  })
}

const findGuidance = (id: GuidanceId) => guidances.find((entry) => entry.id === id) ?? guidances[0]
