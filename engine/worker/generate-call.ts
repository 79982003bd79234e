import { recipeVersion, type GenerateRequest, type MadePicture, type Recipe } from '../contract/records.ts'
import { generateImage, type GeneratedImage } from '../methods/generate-image.ts'
import type { CallArgs, CallProgress } from '../process/call-table.ts'
import type { CallContext } from '../process/serve-calls.ts'
import { appVersion } from './app-version.ts'
import type { ModelHolder } from './model-holder.ts'
import type { WorkerCalls } from './protocol.ts'

/** Draws one picture and writes down how. */
export const generateCall =
  (models: ModelHolder) =>
  async (
    args: CallArgs<WorkerCalls, 'generate'>,
    { signal, progress }: CallContext<CallProgress<WorkerCalls, 'generate'>>,
  ): Promise<MadePicture> => {
    const started = performance.now()
    const { request, seed, modelPath, modelHash, image: source, masks } = args
    const { machine, prompts } = await models.hold(modelPath)
    const run = { signal, progress }
    const image = await generateImage({ machine, prompts, request, seed: BigInt(seed), image: source, masks, run })
    const model = { name: machine.traits.name, hash: modelHash }
    const durationMs = Math.round(performance.now() - started)
    return {
      picture: image.picture,
      ...(image.coverage.length > 0 && { coverage: image.coverage }),
      recipe: recipeOf(request, image, { seed, model, device: machine.device, durationMs }),
    }
  }

const recipeOf = (
  request: GenerateRequest,
  { resolved, notes }: GeneratedImage,
  facts: Pick<Recipe, 'seed' | 'model' | 'device' | 'durationMs'>,
): Recipe => ({
  version: recipeVersion,
  kind: 'generate',
  appVersion,
  prompt: request.prompt,
  negative: request.negative,
  steps: request.steps,
  cfgScale: request.cfgScale,
  sampler: resolved.sampler.id,
  schedule: resolved.schedule,
  width: resolved.width,
  height: resolved.height,
  ...(request.eta === undefined ? {} : { eta: request.eta }),
  ...(request.clipSkip === undefined ? {} : { clipSkip: request.clipSkip }),
  ...(request.variationSeed === undefined ? {} : { variationSeed: request.variationSeed }),
  ...(request.variationStrength === undefined ? {} : { variationStrength: request.variationStrength }),
  guidance: request.guidance,
  guidanceRescale: request.guidanceRescale,
  ...(request.image === undefined ? {} : { image: { hash: null, strength: request.image.strength } }),
  loras: [],
  ...(request.layout === undefined ? {} : { layout: request.layout }),
  steering: request.layout === undefined ? 'none' : request.steering,
  notes: [...notes],
  ...facts,
})
