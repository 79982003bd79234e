import { z } from 'zod/mini'
import type { Json } from '../../engine/contract/document-records.ts'
import { emptyMask, type TileMask } from '../canvas/tile-mask.ts'
import { resizeMask } from '../canvas/resample-mask.ts'
import {
  blendModes,
  defaultSetup,
  type EditMask,
  type Layer,
  maskSize,
  type Region,
  type Setup,
  type StudioDocument,
} from './studio-document.ts'

/** Version of what is stored; older ones are brought up to it when they are read. */
const storedVersion = 1

const rect = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })

const storedRegion = z.object({
  id: z.string(),
  colour: z.int().check(z.minimum(1), z.maximum(12)),
  phrase: z.string(),
  occurrence: z._default(z.int(), 0),
  strength: z._default(z.number(), 1),
  from: z._default(z.number(), 0),
  to: z._default(z.nullable(z.number()), null),
  opacity: z._default(z.number().check(z.minimum(0), z.maximum(1)), 1),
  isVisible: z._default(z.boolean(), true),
  isLocked: z._default(z.boolean(), false),
  /** Hash of the mask's PNG; null when nothing is painted. */
  mask: z.nullable(z.string()),
})

const storedMask = z.object({
  id: z.string(),
  name: z.string(),
  opacity: z._default(z.number(), 1),
  feather: z._default(z.number(), 8),
  isVisible: z._default(z.boolean(), true),
  isLocked: z._default(z.boolean(), false),
  /** Hash of the mask's PNG; null when nothing is painted. */
  mask: z.nullable(z.string()),
})

const storedLayer = z.object({
  id: z.string(),
  name: z.string(),
  image: z.int(),
  opacity: z._default(z.number(), 1),
  blend: z._default(z.enum(blendModes), 'normal'),
  isVisible: z._default(z.boolean(), true),
  isLocked: z._default(z.boolean(), false),
  place: rect,
  angle: z._default(z.number(), 0),
  isFlipped: z._default(z.boolean(), false),
})

const storedDocument = z.object({
  version: z.literal(storedVersion),
  title: z._default(z.nullable(z.string()), null),
  width: z.int().check(z.minimum(8), z.maximum(16_384)),
  height: z.int().check(z.minimum(8), z.maximum(16_384)),
  prompt: z.string(),
  negative: z.string(),
  regions: z.array(storedRegion),
  masks: z._default(z.array(storedMask), []),
  layers: z.array(storedLayer),
  setup: z.record(z.string(), z.unknown()),
})

/** Where masks are kept: written once under their hash. */
export interface MaskStore {
  readonly put: (mask: TileMask) => Promise<string>
  readonly get: (hash: string) => Promise<TileMask>
}

/** The document as JSON; masks that are not stored yet are stored first. */
export async function storeDocument(document: StudioDocument, masks: MaskStore): Promise<Json> {
  const regions = await Promise.all(document.regions.map((region) => storePainted(region, masks)))
  const stored = await Promise.all(document.masks.map((mask) => storePainted(mask, masks)))
  const { title, width, height, prompt, negative, layers, setup } = document
  const value = {
    version: storedVersion,
    title,
    width,
    height,
    prompt,
    negative,
    regions,
    masks: stored,
    layers,
    setup,
  }
  return JSON.parse(JSON.stringify(value)) as Json // What JSON.parse gives is JSON.
}

async function storePainted<Painted extends { readonly mask: TileMask }>(painted: Painted, masks: MaskStore) {
  return { ...painted, mask: painted.mask.tiles.size === 0 ? null : await masks.put(painted.mask) }
}

/**
 * Reads what `storeDocument` wrote.
 *
 * @throws ZodError when the JSON is something else
 */
export async function loadDocument(json: Json, masks: MaskStore): Promise<StudioDocument> {
  const { regions, masks: stored, layers, setup, ...rest } = z.parse(storedDocument, json)
  const size = maskSize(rest)
  const loadMask = async (hash: string | null): Promise<TileMask> =>
    hash === null ? emptyMask(size.width, size.height) : resizeMask(await masks.get(hash), size)
  return {
    title: rest.title,
    width: rest.width,
    height: rest.height,
    prompt: rest.prompt,
    negative: rest.negative,
    regions: await Promise.all(
      regions.map(async (region): Promise<Region> => ({ ...region, mask: await loadMask(region.mask) })),
    ),
    masks: await Promise.all(
      stored.map(async (mask): Promise<EditMask> => ({ ...mask, mask: await loadMask(mask.mask) })),
    ),
    layers: layers satisfies readonly Layer[],
    setup: readSetup(setup),
  }
}

/** Takes over what has the default's type; a field that an older version did not have gets its default. */
function readSetup(stored: Readonly<Record<string, unknown>>): Setup {
  const entries = Object.entries<unknown>({ ...defaultSetup }).map(([key, value]): [string, unknown] => {
    const found = stored[key]
    const isFit = found !== undefined && (value === null || found === null || typeof found === typeof value)
    return [key, isFit ? found : value]
  })
  return Object.fromEntries(entries) as unknown as Setup // Same keys as the default, each of its type or null.
}
