import type { ForeignSettings, ImageDetails } from '../../engine/contract/image-records.ts'
import type { Recipe } from '../../engine/contract/records.ts'
import { fillPolygon, fillRect } from '../canvas/fill-shape.ts'
import { scaleRect } from '../canvas/geometry.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import { resizeMask } from '../canvas/resample-mask.ts'
import { newMask } from '../document/edit-mask.ts'
import {
  type EditMask,
  maskScale,
  maskSize,
  newRegion,
  type Region,
  type Setup,
  type StudioDocument,
} from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { explainForeign } from '../text/explain-foreign.ts'
import { findUsedModel } from './find-used-model.ts'
import { resizeDocument } from '../tools/place-tools.ts'

export type SettingsPart = 'all' | 'prompt' | 'seed'

/** Takes over how a picture was made, as one undoable step; says what could not be taken over. */
export async function useSettings(studio: StudioState, imageId: number, part: SettingsPart): Promise<void> {
  const details = await studio.link.ask('images.get', { id: imageId })
  const { document, view, notices } = studio
  const before = document.current
  if (details.recipe !== null) {
    const used = await fromRecipe(studio, before, details.recipe, part)
    document.change(used, 'change.useSettings')
    if (part === 'all') warnOfRecipe(studio, details.recipe, used)
  } else if (details.foreign !== null) {
    document.change(fromForeign(studio, before, details, details.foreign, part), 'change.useSettings')
    warnOfForeign(studio, details.foreign, details.sampling)
  } else {
    notices.show('notice.noSettings')
    return
  }
  view.workspace = 'canvas'
  view.isFitted = true
  if (part === 'all') studio.results.show(null)
}

/** What a recipe of our own cannot bring back: a model, a VAE or a picture it started from that is gone. */
function warnOfRecipe(studio: StudioState, { model, vae, image, prediction }: Recipe, used: StudioDocument): void {
  const { models, notices, say } = studio
  const id = findUsedModel(models.usable, model)
  if (id === undefined) notices.show('foreign.model', { model: model.name }, { tone: 'warn' })
  const now = models.find(id ?? null)?.prediction
  if (now != null && (now.chosen ?? now.own) !== (prediction ?? now.own)) {
    const kind = say(`prediction.${prediction ?? now.own}`)
    notices.show('foreign.prediction', { kind }, { tone: 'warn' })
  }
  if (vae !== undefined && used.setup.vae === null) notices.show('foreign.vae', { vae: vae.name }, { tone: 'warn' })
  if (image !== undefined && used.setup.startImage === null) notices.show('foreign.start', {}, { tone: 'warn' })
}

/** The two heaviest reasons why it will differ; the gallery's details say them all. */
function warnOfForeign(studio: StudioState, foreign: ForeignSettings, sampling: ImageDetails['sampling']): void {
  const hasModel = hasForeignModel(studio, foreign)
  const [found, ...reasons] = explainForeign(foreign, { hasModel, sampling })
  if (reasons.length === 0 && found !== undefined) studio.notices.show(found.key, found.values)
  for (const { key, values } of reasons.slice(0, 2)) studio.notices.show(key, values, { tone: 'warn' })
}

export const hasForeignModel = ({ models }: StudioState, { model, modelHash }: ForeignSettings): boolean =>
  model !== undefined && findUsedModel(models.usable, { name: model, hash: modelHash }) !== undefined

/** The LoRAs of a recipe that are in the folders. */
function findLoras({ models }: StudioState, { loras }: Recipe): Setup['loras'] {
  const known = models.all.filter(({ kind, isMissing }) => kind === 'lora' && !isMissing)
  return loras.flatMap(({ name, hash, strength, textStrength }) => {
    const id = findUsedModel(known, { name, hash })
    return id == null ? [] : [{ id, strength, textStrength }]
  })
}

async function fromRecipe(
  studio: StudioState,
  document: StudioDocument,
  recipe: Recipe,
  part: SettingsPart,
): Promise<StudioDocument> {
  if (part === 'seed') return { ...document, setup: { ...document.setup, seed: recipe.seed } }
  if (part === 'prompt') return { ...document, prompt: recipe.prompt, negative: recipe.negative }
  const sized = resizeDocument(document, recipe)
  const model = findUsedModel(studio.models.usable, recipe.model)
  const setup: Setup = {
    ...sized.setup,
    model: model === undefined ? sized.setup.model : model,
    vae: recipe.vae === undefined ? null : (findUsedModel(studio.models.vaes, recipe.vae) ?? null),
    loras: findLoras(studio, recipe),
    steps: recipe.steps,
    cfgScale: recipe.cfgScale,
    sampler: recipe.sampler,
    schedule: recipe.schedule,
    seed: recipe.seed,
    guidance: recipe.guidance,
    guidanceRescale: recipe.guidanceRescale,
    steering: recipe.steering,
    reweigh: 1, // the weights that were found stand in the prompt
    eta: recipe.eta ?? null,
    clipSkip: recipe.clipSkip ?? null,
    variationSeed: recipe.variationSeed ?? null,
    variationStrength: recipe.variationStrength ?? 0,
    ...(await findStart(studio, recipe)),
  }
  const masks = await readEditMasks(studio, sized, recipe)
  const named = { ...sized, prompt: recipe.prompt, negative: recipe.negative, setup, masks }
  return recipe.layout === undefined ? named : { ...named, regions: await readRegions(studio, named, recipe) }
}

async function readRegions(studio: StudioState, document: StudioDocument, recipe: Recipe): Promise<readonly Region[]> {
  const regions: Region[] = []
  for (const [i, stored] of (recipe.layout?.regions ?? []).entries()) {
    const blank = newRegion({ ...document, regions }, `${stored.id}-${i}`, stored.phrase)
    const mask = await readShape(studio, document, blank.mask, stored.shape)
    const { occurrence, strength, from, to = null } = stored
    regions.push({ ...blank, occurrence, strength, from, to, mask })
  }
  return regions
}

/** The picture that it started from, where the library still has it. */
async function findStart(
  { link }: StudioState,
  { image }: Recipe,
): Promise<Pick<Setup, 'startImage' | 'startStrength'>> {
  const hash = image?.hash ?? null
  const { id } = hash === null ? { id: null } : await link.ask('images.findByHash', { hash })
  return { startImage: id, startStrength: id === null ? null : (image?.strength ?? null) }
}

/** The masks that it was changed inside; without the picture it started from they wait. */
const readEditMasks = (studio: StudioState, document: StudioDocument, recipe: Recipe): Promise<readonly EditMask[]> =>
  Promise.all(
    (recipe.image?.masks ?? []).map(async ({ file, opacity, feather }, i) => {
      const blank = newMask(document, crypto.randomUUID(), studio.say('mask.name', { number: i + 1 }))
      return { ...blank, opacity, feather, mask: resizeMask(await studio.masks.get(file), maskSize(document)) }
    }),
  )

type Shape = NonNullable<Recipe['layout']>['regions'][number]['shape']

async function readShape(
  studio: StudioState,
  document: StudioDocument,
  mask: TileMask,
  shape: Shape,
): Promise<TileMask> {
  const scale = maskScale(document)
  switch (shape.kind) {
    case 'box':
      return fillRect(mask, scaleRect(shape, scale), 'add')
    case 'polygon':
      return fillPolygon(
        mask,
        shape.points.map(([x, y]) => ({ x: x * scale, y: y * scale })),
        'add',
      )
    case 'mask':
      return resizeMask(await studio.masks.get(shape.file), mask)
  }
}

/** Sizes and samplers of other programs, as near as they can be had. */
function fromForeign(
  { models }: StudioState,
  document: StudioDocument,
  { width, height, sampling }: ImageDetails,
  foreign: ForeignSettings,
  part: SettingsPart,
): StudioDocument {
  const seed = foreign.seed !== undefined && /^\d{1,20}$/.test(foreign.seed) ? foreign.seed : document.setup.seed
  if (part === 'seed') return { ...document, setup: { ...document.setup, seed } }
  const named = { ...document, prompt: foreign.prompt ?? document.prompt, negative: foreign.negative ?? '' }
  if (part === 'prompt') return named
  const { model: name, modelHash: hash } = foreign
  const model = name === undefined ? undefined : findUsedModel(models.usable, { name, hash })
  const sized = resizeDocument(named, {
    width: Math.max(64, Math.round(width / 8) * 8),
    height: Math.max(64, Math.round(height / 8) * 8),
  })
  return {
    ...sized,
    setup: {
      ...sized.setup,
      seed,
      ...(model !== undefined && { model }),
      steps: foreign.steps === undefined ? sized.setup.steps : Math.min(150, Math.max(1, foreign.steps)),
      cfgScale: foreign.cfgScale === undefined ? sized.setup.cfgScale : Math.min(50, Math.max(0, foreign.cfgScale)),
      ...(sampling !== undefined && { sampler: sampling.sampler, schedule: sampling.schedule }),
    },
  }
}
