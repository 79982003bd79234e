import type { GenerateRequestInput } from '../../engine/contract/records.ts'
import { maskBounds } from '../canvas/tile-mask.ts'
import { actingMasks } from './edit-mask.ts'
import type { MaskStore } from './stored-document.ts'
import { maskScale, type Region, type StudioDocument } from './studio-document.ts'

/** Whether a region takes part: painted, named and switched on. */
export const isGuiding = (region: Region): boolean =>
  region.isVisible && region.phrase.trim() !== '' && region.mask.tiles.size > 0

/** What the queue shall make of the document. Masks are stored first; the request names them by hash. */
export async function makeRequest(document: StudioDocument, masks: MaskStore): Promise<GenerateRequestInput> {
  const { setup } = document
  const regions = document.regions.filter(isGuiding)
  return {
    kind: 'generate',
    prompt: document.prompt,
    negative: document.negative,
    width: document.width,
    height: document.height,
    steps: setup.steps,
    cfgScale: setup.cfgScale,
    sampler: setup.sampler,
    schedule: setup.schedule,
    count: setup.count,
    guidance: setup.guidance,
    guidanceRescale: setup.guidanceRescale,
    loras: [...setup.loras],
    ...(setup.model !== null && { model: setup.model }),
    ...(setup.vae !== null && { vae: setup.vae }),
    ...(setup.seed !== null && { seed: setup.seed }),
    ...(setup.eta !== null && { eta: setup.eta }),
    ...(setup.clipSkip !== null && { clipSkip: setup.clipSkip }),
    ...(setup.reweigh > 1 && { reweigh: setup.reweigh }),
    ...variation(document),
    ...(await start(document, masks)),
    ...(regions.length > 0 && {
      steering: setup.steering,
      layout: {
        version: 1 as const,
        width: document.width,
        height: document.height,
        regions: await Promise.all(regions.map((region) => toLayoutRegion(region, masks))),
      },
    }),
  }
}

const variation = ({ setup }: StudioDocument): Partial<GenerateRequestInput> =>
  setup.variationSeed === null || setup.variationStrength === 0
    ? {}
    : { variationSeed: setup.variationSeed, variationStrength: setup.variationStrength }

/** The picture it starts from, and where that may change. */
async function start(document: StudioDocument, store: MaskStore): Promise<Partial<GenerateRequestInput>> {
  const { startImage, startStrength } = document.setup
  if (startImage === null || startStrength === null) return {}
  const masks = await Promise.all(
    actingMasks(document).map(async ({ mask, opacity, feather }) => ({
      file: await store.put(mask),
      opacity,
      feather,
    })),
  )
  return { image: { source: String(startImage), strength: startStrength, ...(masks.length > 0 && { masks }) } }
}

async function toLayoutRegion(region: Region, masks: MaskStore) {
  return {
    id: region.id,
    phrase: region.phrase.trim(),
    occurrence: region.occurrence,
    strength: region.strength,
    from: region.from,
    ...(region.to !== null && { to: region.to }),
    shape: { kind: 'mask' as const, file: await masks.put(region.mask) },
  }
}

/** Least side, in pixels of the picture, of an area that can guide: one cell of the coarsest attention map. */
export const leastGuidingSide = (factor: number): number => factor

/** Whether the painted area is smaller than the model can place anything in. */
export function isTooSmall(document: StudioDocument, region: Region, factor: number): boolean {
  if (region.mask.tiles.size === 0) return false
  const bounds = maskBounds(region.mask)
  const scale = maskScale(document)
  return Math.min(bounds.width, bounds.height) / scale < leastGuidingSide(factor)
}
