import type { EmbeddingShelf } from '../checkpoint/embedding-shelf.ts'
import {
  recipeVersion,
  type GenerateRequest,
  type ImageStart,
  type MadePicture,
  type Recipe,
  type WordMark,
} from '../contract/records.ts'
import { drawRequest, type DrawnRequest } from '../methods/draw-request.ts'
import type { GeneratedImage } from '../methods/generate-image.ts'
import { reweighImage, type ReweighedImage } from '../methods/reweigh-image.ts'
import { sizedByStart } from '../methods/size-of-start.ts'
import type { CallArgs, CallProgress } from '../process/call-table.ts'
import type { CallContext } from '../process/serve-calls.ts'
import { heatBytes } from './heat-bytes.ts'
import { appVersion } from './app-version.ts'
import type { FileHashes } from './file-hashes.ts'
import type { ModelHolder } from './model-holder.ts'
import { pictureNeeds } from './picture-needs.ts'
import type { WorkerCalls } from './protocol.ts'
import { useEmbeddings } from './use-embeddings.ts'
import { useLoras } from './use-loras.ts'
import { usedFiles } from './used-files.ts'

/** What the worker keeps from one picture to the next. */
export interface WorkerShelves {
  readonly models: ModelHolder
  readonly embeddings: EmbeddingShelf
  readonly hashes: FileHashes
}

/** Draws one picture and writes down how. */
export const generateCall =
  (shelves: WorkerShelves) =>
  async (
    args: CallArgs<WorkerCalls, 'generate'>,
    { signal, progress }: CallContext<CallProgress<WorkerCalls, 'generate'>>,
  ): Promise<MadePicture> => {
    const started = performance.now()
    const { modelPath, image: source, masks, changeMasks, loraFolders = [], embeddingPlaces = [] } = args
    const seed = BigInt(args.seed)
    const { request: asked, template } = drawnOf(args, seed)
    const held = await shelves.models.hold(modelPath, { ...args, isInpainting: isMasked(asked) })
    const request = sizedByStart(asked, source, held.machine.traits)
    const loras = await useLoras(held, { request, seed, folders: loraFolders })
    held.machine.checkMemory(pictureNeeds(request, held.machine.traits))
    const embeddings = await useEmbeddings(shelves.embeddings, held, { request, places: embeddingPlaces })
    const { machine } = held
    const run = { signal, progress }
    const drawn = await reweighImage({
      machine,
      prompts: embeddings.prompts,
      request,
      seed,
      image: source,
      masks,
      changeMasks,
      wantsMarks: args.wantsMarks,
      run,
    })
    const durationMs = Math.round(performance.now() - started)
    // Files are hashed when their bytes have just been read: that is when they cost least.
    const used = await usedFiles({ held, args, loras, embeddingPaths: embeddings.usedPaths() }, shelves.hashes, signal)
    const notes = [...held.deviceNotes(), ...loras.notes, ...embeddings.notes, ...drawn.notes].slice(0, mostNotes)
    const chosen = args.prediction === undefined ? {} : { prediction: args.prediction }
    const facts = { ...used, ...chosen, notes, seed: args.seed, device: machine.device, durationMs }
    return {
      picture: drawn.picture,
      ...(drawn.coverage.length > 0 && { coverage: drawn.coverage }),
      ...(drawn.marks.length > 0 && { marks: drawn.marks.map(wordMark) }),
      recipe: { ...recipeOf(drawn, facts), ...templateOf(args.request.prompt, drawn, template) },
    }
  }

/** Parts of a picture are painted by a network that was trained for it, where the model brings one. */
export const isMasked = ({ image }: GenerateRequest): boolean => image?.masks !== undefined

/** Whoever brings lists wants to know what was drawn from them. */
const drawnOf = ({ request, wildcards }: CallArgs<WorkerCalls, 'generate'>, seed: bigint): DrawnRequest =>
  wildcards === undefined ? { request } : drawRequest(request, seed, new Map(Object.entries(wildcards)))

const wordMark = ({ word, share, map }: GeneratedImage['marks'][number]): WordMark => ({
  word,
  share,
  ...heatBytes(map),
})

/** As many as a recipe takes. */
const mostNotes = 100

const startOfRecipe = ({ strength, masks }: ImageStart): NonNullable<Recipe['image']> => ({
  hash: null,
  strength,
  ...(masks !== undefined && { masks }),
})

type Facts = 'seed' | 'model' | 'vae' | 'prediction' | 'loras' | 'embeddings' | 'device' | 'durationMs' | 'notes'

/** The prompt as it was typed, where another one was drawn with. */
const templateOf = (
  typed: string,
  { weights }: ReweighedImage,
  template: string | undefined,
): Pick<Recipe, 'template'> => (template === undefined && weights.length === 0 ? {} : { template: template ?? typed })

const recipeOf = ({ request, resolved, weights }: ReweighedImage, facts: Pick<Recipe, Facts>): Recipe => ({
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
  ...(request.image === undefined ? {} : { image: startOfRecipe(request.image) }),
  ...(request.layout === undefined ? {} : { layout: request.layout }),
  steering: request.layout === undefined ? 'none' : request.steering,
  ...(weights.length === 0 ? {} : { phraseWeights: [...weights] }),
  ...facts,
})
