import type { ForeignSettings, ImageDetails } from '../../engine/contract/image-records.ts'
import type { Recipe } from '../../engine/contract/records.ts'
import { fillPolygon, fillRect } from '../canvas/fill-shape.ts'
import { scaleRect } from '../canvas/geometry.ts'
import type { TileMask } from '../canvas/tile-mask.ts'
import { resizeMask } from '../canvas/resample-mask.ts'
import { maskScale, newRegion, type Region, type Setup, type StudioDocument } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { matchSampler } from '../text/sampler-names.ts'
import { resizeDocument } from '../tools/place-tools.ts'

export type SettingsPart = 'all' | 'prompt' | 'seed'

/** Takes over how a picture was made, as one undoable step; says what could not be taken over. */
export async function useSettings(studio: StudioState, imageId: number, part: SettingsPart): Promise<void> {
  const details = await studio.link.ask('images.get', { id: imageId })
  const { document, view, notices } = studio
  const before = document.current
  if (details.recipe !== null) {
    document.change(await fromRecipe(studio, before, details.recipe, part), 'change.useSettings')
  } else if (details.foreign !== null) {
    document.change(fromForeign(before, details, details.foreign, part), 'change.useSettings')
    notices.show(explainForeign(details.foreign), { source: sourceNames[details.foreign.source] }, { tone: 'warn' })
  } else {
    notices.show('notice.noSettings')
    return
  }
  view.workspace = 'canvas'
  view.isFitted = true
  if (part === 'all') studio.results.show(null)
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
  const setup: Setup = {
    ...sized.setup,
    steps: recipe.steps,
    cfgScale: recipe.cfgScale,
    sampler: recipe.sampler,
    schedule: recipe.schedule,
    seed: recipe.seed,
    guidance: recipe.guidance,
    guidanceRescale: recipe.guidanceRescale,
    steering: recipe.steering,
    eta: recipe.eta ?? null,
    clipSkip: recipe.clipSkip ?? null,
    variationSeed: recipe.variationSeed ?? null,
    variationStrength: recipe.variationStrength ?? 0,
    startImage: null,
    startStrength: null,
  }
  const named = { ...sized, prompt: recipe.prompt, negative: recipe.negative, setup }
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
  document: StudioDocument,
  { width, height }: ImageDetails,
  foreign: ForeignSettings,
  part: SettingsPart,
): StudioDocument {
  const seed = foreign.seed !== undefined && /^\d{1,20}$/.test(foreign.seed) ? foreign.seed : document.setup.seed
  if (part === 'seed') return { ...document, setup: { ...document.setup, seed } }
  const named = { ...document, prompt: foreign.prompt ?? document.prompt, negative: foreign.negative ?? '' }
  if (part === 'prompt') return named
  const sampler = foreign.sampler === undefined ? null : matchSampler(foreign.sampler)
  const sized = resizeDocument(named, {
    width: Math.max(64, Math.round(width / 8) * 8),
    height: Math.max(64, Math.round(height / 8) * 8),
  })
  return {
    ...sized,
    setup: {
      ...sized.setup,
      seed,
      steps: foreign.steps === undefined ? sized.setup.steps : Math.min(150, Math.max(1, foreign.steps)),
      cfgScale: foreign.cfgScale === undefined ? sized.setup.cfgScale : Math.min(50, Math.max(0, foreign.cfgScale)),
      ...(sampler !== null && { sampler: sampler.id, schedule: sampler.schedule ?? 'automatic' }),
    },
  }
}

export const sourceNames: Readonly<Record<ForeignSettings['source'], string>> = {
  attune: 'Attune',
  a1111: 'A1111',
  comfyui: 'ComfyUI',
  invokeai: 'InvokeAI',
  fooocus: 'Fooocus',
  novelai: 'NovelAI',
}

/** Why the picture will not be the same, in order of weight. */
export function explainForeign(
  foreign: ForeignSettings,
): 'foreign.sampler' | 'foreign.graph' | 'foreign.noise' | 'foreign.plain' {
  if (foreign.sampler !== undefined && matchSampler(foreign.sampler) === null) return 'foreign.sampler'
  if (foreign.source === 'comfyui') return 'foreign.graph'
  const usesCpuNoise = foreign.other['RNG'] === 'CPU' || foreign.source === 'invokeai'
  return usesCpuNoise ? 'foreign.plain' : 'foreign.noise'
}
